import { Anchor, Group, NativeSelect, Stack, Table, TextInput, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { createLazyRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Empty } from '../../views/empty.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { Screen } from '../../views/screen.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { ParkedWords } from './parked-words.tsx'
import { exportAddress, listEntries, listVocabularies, type WordEntry } from './words-api.ts'

export const Route = createLazyRoute('/words')({ component: WordsScreen })

/** What systems' words mean: those that somebody waits for first. */
function WordsScreen() {
  const { t } = useTranslation('words')
  return (
    <Screen title={t('title')} about={t('about')}>
      <Stack gap="xl">
        <ParkedWords />
        <Words />
      </Stack>
    </Screen>
  )
}

function Words() {
  const { t } = useTranslation('words')
  const { vocabulary: chosen, prefix } = Route.useSearch()
  const navigate = Route.useNavigate()
  const vocabularies = useQuery({
    queryKey: ['words', 'vocabularies'],
    queryFn: ({ signal }) => listVocabularies(signal),
  })
  const vocabulary = chosen === '' ? (vocabularies.data?.[0]?.name ?? '') : chosen
  const entries = useQuery({
    queryKey: ['words', 'entries', vocabulary, prefix],
    queryFn: ({ signal }) => listEntries(vocabulary, prefix, signal),
    enabled: vocabulary !== '',
  })
  const failed = vocabularies.error ?? entries.error
  return (
    <section aria-label={t('words.title')}>
      <Title order={2} size="h4" mb="xs">
        {t('words.title')}
      </Title>
      <Group align="flex-end" mb="sm">
        <NativeSelect
          label={t('words.vocabulary')}
          value={vocabulary}
          data={(vocabularies.data ?? []).map(({ name, title, entries: count }) => ({
            value: name,
            label: `${title} (${count})`,
          }))}
          onChange={({ currentTarget: { value } }) =>
            void navigate({ search: { vocabulary: value, prefix: '' } })
          }
        />
        <TextInput
          label={t('words.begins')}
          value={prefix}
          onChange={({ currentTarget: { value } }) =>
            void navigate({ search: { vocabulary, prefix: value }, replace: true })
          }
        />
        {vocabulary !== '' && (
          <Anchor href={exportAddress(vocabulary)} download>
            {t('words.export')}
          </Anchor>
        )}
      </Group>
      {failed !== null && <ProblemView error={failed} onRetry={() => void entries.refetch()} />}
      {entries.isPending && failed === null && <Waiting />}
      {entries.data?.length === 0 && (
        <Empty
          title={t('words.none')}
          why={prefix === '' ? t('words.why') : t('words.whyFiltered')}
        />
      )}
      {entries.data !== undefined && entries.data.length > 0 && (
        <WordTable entries={entries.data} />
      )}
    </section>
  )
}

function WordTable({ entries }: { readonly entries: readonly WordEntry[] }) {
  const { t } = useTranslation('words')
  return (
    <Table.ScrollContainer minWidth={600} tabIndex={0} aria-label={t('words.title')}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('words.word')}</Table.Th>
            <Table.Th>{t('words.means')}</Table.Th>
            <Table.Th>{t('words.connection')}</Table.Th>
            <Table.Th>{t('words.company')}</Table.Th>
            <Table.Th>{t('words.changed')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <Table.Tr key={entry.id}>
              <Table.Td>{entry.sourceValue}</Table.Td>
              <Table.Td>{entry.canonicalValue}</Table.Td>
              <Table.Td>{entry.connectionId ?? t('words.every')}</Table.Td>
              <Table.Td>{entry.company ?? t('words.every')}</Table.Td>
              <Table.Td>
                <TimeText at={entry.changedAt} /> · {entry.changedBy}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
