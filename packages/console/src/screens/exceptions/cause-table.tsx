import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'
import { Empty } from '../../views/empty.tsx'
import { MoneyText } from '../../views/money-text.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { type RecordColumn, RecordTable } from '../../views/record-table.tsx'
import { TimeText } from '../../views/time-text.tsx'
import { useRowKeys } from '../../views/use-row-keys.ts'
import { Waiting } from '../../views/waiting.tsx'
import type { ExceptionSearch } from './exception-search.ts'
import { type CauseRow, noteCause, readCauses } from './exceptions-api.ts'
import { SnoozeMenu } from './snooze-menu.tsx'
import { Trend } from './trend.tsx'

/** Open exceptions by their cause, the most frequent first. */
export function CauseTable({
  search,
  onChange,
}: {
  readonly search: ExceptionSearch
  readonly onChange: (search: ExceptionSearch) => void
}) {
  const { t } = useTranslation('exceptions')
  const navigate = useNavigate()
  const { queue, owner } = search
  const causes = useQuery({
    queryKey: ['exceptions', 'causes', { queue, owner }],
    queryFn: () => readCauses(search),
    refetchOnWindowFocus: false,
  })
  const [active, setActive] = useState(-1)
  const rows = causes.data ?? []
  const open = ({ group }: CauseRow): void =>
    void navigate({ to: '/exceptions', search: { ...search, view: 'list', group } })
  useRowKeys({
    count: rows.length,
    active,
    onActive: setActive,
    onOpen: (index) => rows[index] && open(rows[index]),
  })
  const columns = useMemo(() => columnsOf(t, search), [t, search])
  if (causes.isPending) return <Waiting rows={6} />
  if (causes.isError) {
    return <ProblemView error={causes.error} onRetry={() => void causes.refetch()} />
  }
  if (rows.length === 0) return <NoExceptions search={search} onChange={onChange} />
  const cause = rows[active]
  return (
    <Stack gap="xs">
      {cause && <CauseActions cause={cause} />}
      <RecordTable
        label={t('view.causes')}
        rows={rows}
        columns={columns}
        total={rows.length}
        active={active}
        onActive={setActive}
        onOpen={open}
      />
    </Stack>
  )
}

/** What can be noted about all exceptions of the cause that the list is at. */
function CauseActions({ cause }: { readonly cause: CauseRow }) {
  const { t } = useTranslation('exceptions')
  const queries = useQueryClient()
  const note = useMutation({
    mutationFn: ({ what, body }: { what: 'acknowledge' | 'snooze'; body: unknown }) =>
      noteCause(cause.group, what, body),
    onSuccess: async ({ noted }) => {
      notifications.show({ message: t('noted', { count: noted }) })
      await queries.invalidateQueries({ queryKey: ['exceptions'] })
    },
  })
  return (
    <Group gap="xs">
      <Text size="sm" fw={600}>
        {t('all', { count: cause.count, title: cause.title })}
      </Text>
      <Allowed right="exceptions.work">
        <Button
          size="xs"
          variant="default"
          onClick={() => note.mutate({ what: 'acknowledge', body: {} })}
        >
          {t('acknowledge')}
        </Button>
      </Allowed>
      <SnoozeMenu onSnooze={(until) => note.mutate({ what: 'snooze', body: { until } })} />
      {note.isError && <ProblemView error={note.error} />}
    </Group>
  )
}

function columnsOf(t: TFunction<'exceptions'>, search: ExceptionSearch): RecordColumn<CauseRow>[] {
  return [
    {
      id: 'title',
      header: t('column.cause'),
      width: 270,
      cell: ({ code, title, group }) => (
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link to="/exceptions" search={{ ...search, view: 'list', group }} {...props} />
          )}
        >
          {code} · {title}
        </Anchor>
      ),
    },
    {
      id: 'about',
      header: t('column.about'),
      width: 130,
      cell: ({ about, connectionId }) => [about, connectionId].filter(Boolean).join(' · '),
    },
    {
      id: 'count',
      header: t('column.count'),
      width: 80,
      isFigure: true,
      cell: ({ count }) => count,
    },
    {
      id: 'returns',
      header: t('column.returns'),
      width: 80,
      isFigure: true,
      cell: ({ returns }) => returns,
    },
    {
      id: 'money',
      header: t('column.money'),
      width: 150,
      cell: ({ money }) =>
        money.length === 0
          ? '–'
          : money.map((one) => (
              <div key={one.currency}>
                <MoneyText value={one} />
              </div>
            )),
    },
    {
      id: 'overdue',
      header: t('column.overdue'),
      width: 80,
      isFigure: true,
      cell: ({ overdue }) => overdue,
    },
    {
      id: 'trend',
      header: t('column.trend'),
      width: 110,
      cell: ({ trend }) => <Trend days={trend} />,
    },
    {
      id: 'first',
      header: t('column.first'),
      width: 120,
      cell: ({ firstAt }) => <TimeText at={firstAt} />,
    },
    {
      id: 'last',
      header: t('column.last'),
      width: 120,
      cell: ({ lastAt }) => <TimeText at={lastAt} />,
    },
    {
      id: 'noted',
      header: t('column.noted'),
      width: 150,
      cell: ({ acknowledged, snoozed }) => t('notes', { acknowledged, snoozed }),
    },
  ]
}

/** Nothing is wrong, or nothing of what was asked for. */
export function NoExceptions({
  search,
  onChange,
}: {
  readonly search: ExceptionSearch
  readonly onChange: (search: ExceptionSearch) => void
}) {
  const { t } = useTranslation('exceptions')
  const { view, ...filters } = search
  if (Object.keys(filters).length === 0)
    return <Empty title={t('none.title')} why={t('none.why')} />
  return (
    <Empty title={t('noMatch.title')} why={t('noMatch.why')}>
      <Button variant="default" onClick={() => onChange({ view })}>
        {t('noMatch.clear')}
      </Button>
    </Empty>
  )
}
