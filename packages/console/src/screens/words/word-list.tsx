import { Button, Stack, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty } from '../../views/empty.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { RemoveDialog } from './remove-dialog.tsx'
import { WordTable } from './word-table.tsx'
import { readEntries, type WordEntry } from './words-api.ts'

interface ListProps {
  readonly vocabulary: string
  readonly prefix: string
}

/** The words of a vocabulary, page by page, what narrows them down, and how one goes. */
export function WordList({
  vocabulary,
  prefix,
  onPrefix,
}: ListProps & { readonly onPrefix: (prefix: string) => void }) {
  const { t } = useTranslation('words')
  const [asked, ask] = useState<WordEntry | null>(null)
  // Closed apart from what it asks about, so that the focus goes back to where it came from.
  const [isAsking, { open, close }] = useDisclosure()
  return (
    <Stack>
      <TextInput
        maw={320}
        label={t('words.begins')}
        value={prefix}
        onChange={({ currentTarget: { value } }) => onPrefix(value)}
      />
      <Words
        vocabulary={vocabulary}
        prefix={prefix}
        onRemove={(entry) => {
          ask(entry)
          open()
        }}
      />
      <RemoveDialog vocabulary={vocabulary} entry={asked} isOpen={isAsking} onClose={close} />
    </Stack>
  )
}

function Words({
  vocabulary,
  prefix,
  onRemove,
}: ListProps & { readonly onRemove: (entry: WordEntry) => void }) {
  const { t } = useTranslation(['words', 'common'])
  const list = useInfiniteQuery({
    queryKey: ['words', 'entries', vocabulary, prefix],
    queryFn: ({ pageParam, signal }) =>
      readEntries({ vocabulary, prefix, cursor: pageParam, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchOnWindowFocus: false,
  })
  if (list.isPending) return <Waiting />
  if (list.isError && list.data === undefined) {
    return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  }
  const entries = list.data?.pages.flatMap(({ data }) => data) ?? []
  if (entries.length === 0) {
    const why = prefix === '' ? t('words.why') : t('words.whyFiltered')
    return <Empty title={t('words.none')} why={why} />
  }
  return (
    <>
      <WordTable entries={entries} onRemove={onRemove} />
      {list.isFetchNextPageError && <ProblemView error={list.error} />}
      {list.hasNextPage && (
        <div>
          <Button
            variant="default"
            loading={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            {t('common:more')}
          </Button>
        </div>
      )}
    </>
  )
}
