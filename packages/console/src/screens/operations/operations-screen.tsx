import { Anchor, Button, Table } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { listOperations, type Operation } from '../../views/bulk/bulk-api.ts'
import { Empty } from '../../views/empty.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { Screen } from '../../views/screen.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { kindKey } from './kind-key.ts'

export const Route = createLazyRoute('/operations')({ component: OperationsScreen })

/** What is under way is looked at so often. */
const everyMs = 5_000

/** Actions on many things, the newest first. */
function OperationsScreen() {
  const { t } = useTranslation(['operations', 'common'])
  const list = useInfiniteQuery({
    queryKey: ['operations', 'list'],
    queryFn: ({ pageParam, signal }) => listOperations(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchInterval: everyMs,
  })
  const rows = list.data?.pages.flatMap(({ data }) => data)
  return (
    <Screen title={t('title')} about={t('about')}>
      {list.isPending && <Waiting rows={6} />}
      {list.isError && <ProblemView error={list.error} onRetry={() => void list.refetch()} />}
      {rows?.length === 0 && <Empty title={t('none.title')} why={t('none.why')} />}
      {rows !== undefined && rows.length > 0 && <Operations rows={rows} />}
      {list.hasNextPage && (
        <Button
          variant="default"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t('common:more')}
        </Button>
      )}
    </Screen>
  )
}

function Operations({ rows }: { readonly rows: readonly Operation[] }) {
  const { t } = useTranslation('operations')
  return (
    <Table.ScrollContainer minWidth={700} tabIndex={0} aria-label={t('title')}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            {(['what', 'state', 'items', 'who', 'when'] as const).map((column) => (
              <Table.Th key={column} scope="col">
                {t(`column.${column}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ id, kind, state, done, failed, total, actor, createdAt }) => (
            <Table.Tr key={id}>
              <Table.Td>
                <Anchor component={Link} to={`/operations/${id}`}>
                  {t(kindKey(kind))}
                </Anchor>
              </Table.Td>
              <Table.Td>{t(`state.${state}`)}</Table.Td>
              <Table.Td className="figure">
                {t('progress.done', { done, total })}
                {failed > 0 && ` · ${t('progress.failed', { count: failed })}`}
              </Table.Td>
              <Table.Td className="break">{actor}</Table.Td>
              <Table.Td>
                <TimeText at={createdAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
