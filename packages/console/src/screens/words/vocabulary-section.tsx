import { Button, Group, NativeSelect, Tabs, Title } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ProblemView } from '../../views/problem-view.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { ImportDialog } from './import-dialog.tsx'
import { views, type WordsSearch } from './route.ts'
import { useTitles } from './use-titles.ts'
import { WordChanges } from './word-changes.tsx'
import { WordList } from './word-list.tsx'
import { exportAddress, listVocabularies, type Vocabulary } from './words-api.ts'

interface SectionProps {
  readonly search: WordsSearch
  /** `typed` is no step that one goes back to. */
  readonly onChange: (search: WordsSearch, how: 'chosen' | 'typed') => void
}

/** One vocabulary: what its words mean, who changed that, and its table to take out and in. */
export function VocabularySection({ search, onChange }: SectionProps) {
  const { t } = useTranslation('words')
  const titles = useTitles()
  const found = useQuery({
    queryKey: ['words', 'vocabularies'],
    queryFn: ({ signal }) => listVocabularies(signal),
  })
  const all = found.data ?? []
  const shown = all.find(({ name }) => name === search.vocabulary) ?? all[0]
  return (
    <section aria-label={t('words.title')}>
      <Title order={2} size="h4" mb="xs">
        {t('words.title')}
      </Title>
      {found.isPending && <Waiting />}
      {found.isError && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {shown !== undefined && (
        <>
          <Group align="flex-end" mb="sm">
            <NativeSelect
              label={t('words.vocabulary')}
              value={shown.name}
              data={all.map(({ name, title, entries }) => ({
                value: name,
                label: `${titles.vocabulary({ name, title })} (${entries})`,
              }))}
              onChange={({ currentTarget: { value } }) =>
                onChange({ ...search, vocabulary: value, prefix: '' }, 'chosen')
              }
            />
            <Button
              component="a"
              variant="default"
              href={exportAddress(shown.name)}
              download
              leftSection={<IconDownload size={16} aria-hidden />}
            >
              {t('words.export')}
            </Button>
            <ImportDialog vocabulary={shown} />
          </Group>
          <Views vocabulary={shown} search={search} onChange={onChange} />
        </>
      )}
    </section>
  )
}

function Views({
  vocabulary: { name },
  search,
  onChange,
}: SectionProps & { readonly vocabulary: Vocabulary }) {
  const { t } = useTranslation('words')
  return (
    <Tabs
      value={search.view ?? 'words'}
      keepMounted={false}
      onChange={(value) => {
        const view = value === 'changes' ? value : undefined
        onChange({ ...search, vocabulary: name, view }, 'chosen')
      }}
    >
      <Tabs.List mb="md">
        {views.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {t(`view.${one}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="words">
        <WordList
          vocabulary={name}
          prefix={search.prefix}
          onPrefix={(prefix) => onChange({ ...search, vocabulary: name, prefix }, 'typed')}
        />
      </Tabs.Panel>
      <Tabs.Panel value="changes">
        <WordChanges vocabulary={name} />
      </Tabs.Panel>
    </Tabs>
  )
}
