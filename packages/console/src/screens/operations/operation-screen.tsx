import { Anchor, Badge, Button, Group, NativeSelect, Table } from '@mantine/core'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { createLazyRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import {
  cancelOperation,
  itemStates,
  listItems,
  type Operation,
  type OperationItem,
  reportAddress,
} from '../../views/bulk/bulk-api.ts'
import { OperationProgress } from '../../views/bulk/progress.tsx'
import { useOperation } from '../../views/bulk/use-operation.ts'
import { Empty } from '../../views/empty.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { Screen } from '../../views/screen.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { kindKey } from './kind-key.ts'

export const Route = createLazyRoute('/operations/$id')({ component: OperationScreen })

/** One operation: how far it has come, and what became of each thing. */
function OperationScreen() {
  const { t } = useTranslation('operations')
  const { id } = Route.useParams()
  const found = useOperation(id)
  const stop = useMutation({
    mutationFn: () => cancelOperation(id),
    onSettled: () => found.refetch(),
  })
  if (found.isPending) return <Waiting rows={6} />
  if (found.isError) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  const operation = found.data
  return (
    <Screen
      title={t(kindKey(operation.kind))}
      about={
        <>
          {operation.actor} · <TimeText at={operation.createdAt} />
        </>
      }
      actions={
        <>
          {operation.endedAt === null && (
            <Button variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>
              {t('stop')}
            </Button>
          )}
          <Anchor href={reportAddress(id)} download>
            {t('csv')}
          </Anchor>
        </>
      }
    >
      {stop.isError && <ProblemView error={stop.error} />}
      <OperationProgress operation={operation} />
      <Items operation={operation} />
    </Screen>
  )
}

function Items({ operation }: { readonly operation: Operation }) {
  const { t } = useTranslation(['operations', 'common'])
  const { state } = Route.useSearch()
  const navigate = Route.useNavigate()
  const { id, done, failed } = operation
  const list = useInfiniteQuery({
    queryKey: ['operations', 'items', id, state, done + failed, operation.state],
    queryFn: ({ pageParam, signal }) => listItems(id, { state, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    placeholderData: (known) => known,
  })
  const rows = list.data?.pages.flatMap(({ data }) => data)
  return (
    <>
      <Group>
        <NativeSelect
          label={t('item.state')}
          value={state ?? ''}
          onChange={({ currentTarget: { value } }) =>
            void navigate({ search: { state: itemStates.find((one) => one === value) } })
          }
          data={[
            { value: '', label: t('item.all') },
            ...itemStates.map((value) => ({ value, label: t(`itemState.${value}`) })),
          ]}
        />
      </Group>
      {list.isError && <ProblemView error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Waiting rows={6} />}
      {rows?.length === 0 && <Empty title={t('item.none')} why={t('item.why')} />}
      {rows !== undefined && rows.length > 0 && <ItemTable rows={rows} />}
      {list.hasNextPage && (
        <Button
          variant="default"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t('common:more')}
        </Button>
      )}
    </>
  )
}

function ItemTable({ rows }: { readonly rows: readonly OperationItem[] }) {
  const { t } = useTranslation('operations')
  return (
    <Table.ScrollContainer minWidth={600} tabIndex={0} aria-label={t('item.title')}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            {(['no', 'what', 'state', 'why'] as const).map((column) => (
              <Table.Th key={column} scope="col">
                {t(`item.column.${column}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ itemNo, label, state, code, detail }) => (
            <Table.Tr key={itemNo}>
              <Table.Td className="figure">{itemNo}</Table.Td>
              <Table.Td className="break">{label}</Table.Td>
              <Table.Td>
                <Badge variant="default" tt="none">
                  {t(`itemState.${state}`)}
                </Badge>
              </Table.Td>
              <Table.Td className="break">
                {[code, detail].filter((part) => part !== null).join(': ')}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
