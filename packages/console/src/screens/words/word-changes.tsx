import { Button, Stack, Table } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Empty } from '../../views/empty.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { Meaning } from './meaning.tsx'
import { readChanges, type WordChange } from './words-api.ts'

/** Who changed what words mean, and when: the newest first, page by page. */
export function WordChanges({ vocabulary }: { readonly vocabulary: string }) {
  const { t } = useTranslation(['words', 'common'])
  const list = useInfiniteQuery({
    queryKey: ['words', 'changes', vocabulary],
    queryFn: ({ pageParam, signal }) => readChanges({ vocabulary, cursor: pageParam, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchOnWindowFocus: false,
  })
  if (list.isPending) return <Waiting />
  if (list.isError && list.data === undefined) {
    return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  }
  const changes = list.data?.pages.flatMap(({ data }) => data) ?? []
  if (changes.length === 0) return <Empty title={t('changes.none')} why={t('changes.why')} />
  return (
    <Stack>
      <ChangeTable changes={changes} />
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
    </Stack>
  )
}

const columns = ['when', 'who', 'what', 'word', 'before', 'after', 'connection', 'company'] as const

function ChangeTable({ changes }: { readonly changes: readonly WordChange[] }) {
  const { t } = useTranslation('words')
  return (
    <Table.ScrollContainer minWidth={900} tabIndex={0} aria-label={t('view.changes')}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            {columns.map((name) => (
              <Table.Th key={name} scope="col">
                {t(`changes.${name}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changes.map((change) => (
            <ChangeRow key={change.id} change={change} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function ChangeRow({ change }: { readonly change: WordChange }) {
  const { t } = useTranslation('words')
  const { action, before, after, changedBy, changedAt } = change
  const said = after ?? before
  return (
    <Table.Tr>
      <Table.Td className="figure">
        <TimeText at={changedAt} as="short" />
      </Table.Td>
      <Table.Td>{changedBy}</Table.Td>
      <Table.Td>{t(`changes.${action}`)}</Table.Td>
      <Table.Td>{said?.sourceValue}</Table.Td>
      <Table.Td>{before === null ? '–' : <Meaning said={before} />}</Table.Td>
      <Table.Td>{after === null ? '–' : <Meaning said={after} />}</Table.Td>
      <Table.Td>{said?.connectionId ?? t('words.every')}</Table.Td>
      <Table.Td>{said?.company ?? t('words.every')}</Table.Td>
    </Table.Tr>
  )
}
