import { Button, Table } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Meaning } from './meaning.tsx'
import type { WordEntry } from './words-api.ts'

const columns = ['word', 'means', 'connection', 'company', 'changed', 'actions'] as const

/** What words mean, where and since when; each can be removed. */
export function WordTable({
  entries,
  onRemove,
}: {
  readonly entries: readonly WordEntry[]
  readonly onRemove: (entry: WordEntry) => void
}) {
  const { t } = useTranslation('words')
  return (
    <Table.ScrollContainer minWidth={700} tabIndex={0} aria-label={t('words.title')}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            {columns.map((name) => (
              <Table.Th key={name} scope="col">
                {t(`words.${name}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <WordRow key={entry.id} entry={entry} onRemove={() => onRemove(entry)} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function WordRow({
  entry,
  onRemove,
}: {
  readonly entry: WordEntry
  readonly onRemove: () => void
}) {
  const { t } = useTranslation('words')
  return (
    <Table.Tr>
      <Table.Td>{entry.sourceValue}</Table.Td>
      <Table.Td>
        <Meaning said={entry} />
      </Table.Td>
      <Table.Td>{entry.connectionId ?? t('words.every')}</Table.Td>
      <Table.Td>{entry.company ?? t('words.every')}</Table.Td>
      <Table.Td>
        <TimeText at={entry.changedAt} /> · {entry.changedBy}
      </Table.Td>
      <Table.Td>
        <Allowed right="vocabularies.manage">
          <Button
            size="xs"
            variant="default"
            aria-label={t('remove.of', { word: entry.sourceValue })}
            onClick={onRemove}
          >
            {t('remove.do')}
          </Button>
        </Allowed>
      </Table.Td>
    </Table.Tr>
  )
}
