import { Anchor, Badge, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCodes } from '../../views/codes.ts'
import { ListTime } from '../../views/list-time.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { type RecordColumn, RecordTable } from '../../views/record-table.tsx'
import { useRowKeys } from '../../views/use-row-keys.ts'
import { Waiting } from '../../views/waiting.tsx'
import { NoExceptions } from './cause-table.tsx'
import type { ExceptionSearch } from './exception-search.ts'
import { type ExceptionRow, readExceptions } from './exceptions-api.ts'

/** Exceptions one by one, the newest first. */
export function ExceptionList({
  search,
  onChange,
}: {
  readonly search: ExceptionSearch
  readonly onChange: (search: ExceptionSearch) => void
}) {
  const { t } = useTranslation('exceptions')
  const navigate = useNavigate()
  const list = useInfiniteQuery({
    queryKey: ['exceptions', 'list', search],
    queryFn: ({ pageParam }) => readExceptions(search, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchOnWindowFocus: false,
  })
  const rows = useMemo(() => list.data?.pages.flatMap(({ data }) => data) ?? [], [list.data])
  const [active, setActive] = useState(-1)
  const open = ({ id }: ExceptionRow): void =>
    void navigate({ to: '/exceptions/$id', params: { id } })
  useRowKeys({
    count: rows.length,
    active,
    onActive: setActive,
    onOpen: (index) => rows[index] && open(rows[index]),
  })
  const say = useCodes()
  const columns = useMemo(() => columnsOf(t, say), [t, say])
  if (list.isPending) return <Waiting rows={8} />
  if (list.isError) {
    return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  }
  if (rows.length === 0) return <NoExceptions search={search} onChange={onChange} />
  return (
    <Stack gap="xs">
      <RecordTable
        label={t('title')}
        rows={rows}
        columns={columns}
        total={list.hasNextPage ? undefined : rows.length}
        active={active}
        onActive={setActive}
        onOpen={open}
        onEnd={() => {
          if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage()
        }}
      />
      <Text size="sm" c="dimmed" aria-live="polite">
        {t('loaded', { count: rows.length })}
      </Text>
    </Stack>
  )
}

function columnsOf(
  t: TFunction<'exceptions'>,
  say: ReturnType<typeof useCodes>,
): RecordColumn<ExceptionRow>[] {
  return [
    {
      id: 'title',
      header: t('column.title'),
      width: 270,
      cell: ({ id, code, title }) => (
        <Anchor component={Link} to={`/exceptions/${id}`} size="sm">
          {code} · {say('exception', code, title)}
        </Anchor>
      ),
    },
    {
      id: 'case',
      header: t('column.case'),
      width: 130,
      cell: ({ caseNo }) =>
        caseNo === null ? (
          '–'
        ) : (
          <Anchor component={Link} to={`/cases/${caseNo}`} size="sm" className="figure">
            {caseNo}
          </Anchor>
        ),
    },
    { id: 'detail', header: t('column.detail'), width: 300, cell: ({ detail }) => detail ?? '–' },
    {
      id: 'queue',
      header: t('column.queue'),
      width: 150,
      cell: ({ queue }) => t(`queue.${queue}`),
    },
    { id: 'owner', header: t('owner'), width: 110, cell: ({ owner }) => owner ?? '–' },
    {
      id: 'state',
      header: t('state.label'),
      width: 130,
      cell: ({ state }) => (
        <Badge variant="default" tt="none" fw={500}>
          {t(`state.${state}`)}
        </Badge>
      ),
    },
    {
      id: 'opened',
      header: t('column.opened'),
      width: 120,
      cell: ({ openedAt }) => <ListTime at={openedAt} />,
    },
    {
      id: 'due',
      header: t('column.due'),
      width: 120,
      cell: ({ dueAt }) => (dueAt === null ? '–' : <ListTime at={dueAt} />),
    },
  ]
}
