import { Button, Group, NativeSelect, Tabs, Title } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ProblemView } from '../../views/problem-view.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { ImportDialog } from './import-dialog.tsx'
import { views, type WordsSearch } from './route.ts'
import { WordChanges } from './word-changes.tsx'
import { WordList } from './word-list.tsx'
import { exportAddress, listVocabularies, type Vocabulary } from './words-api.ts'

interface SectionProps {
  readonly search: WordsSearch
  /** What is typed is no step to go back to. */
  readonly onChange: (search: WordsSearch, how: 'chosen' | 'typed') => void
}

/** One vocabulary: what its words mean, who changed that, and its table to take out and in. */
export function VocabularySection({ search, onChange }: SectionProps) {
  const { t } = useTranslation('words')
  const found = useQuery({
    queryKey: ['words', 'vocabularies'],
    queryFn: ({ signal }) => listVocabularies(signal),
  })
  const all = found.data ?? []
  const shown = search.vocabulary === '' ? all[0] : all.find(({ name }) => name === search.vocabulary)
  return (
    <section aria-label={t('words.title')}>
      <Title order={2} size="h4" mb="xs">
        {t('words.title')}
      </Title>
      {found.isPending && <Waiting />}
      {found.isError && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isSuccess && (
        <Group align="flex-end" mb="sm">
          <NativeSelect
            label={t('words.vocabulary')}
            value={shown?.name ?? ''}
            data={[
              ...(shown === undefined ? [{ value: '', label: search.vocabulary }] : []),
              ...all.map(({ name, title, entries }) => ({
                value: name,
                label: `${title} (${entries})`,
              })),
            ]}
            onChange={({ currentTarget: { value } }) =>
              onChange({ ...search, vocabulary: value, prefix: '' }, 'chosen')
            }
          />
          {shown !== undefined && <TableActions vocabulary={shown} />}
        </Group>
      )}
    </section>
  )
}
