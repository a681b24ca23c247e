import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'
import { useCodes } from '../../views/codes.ts'
import { Empty } from '../../views/empty.tsx'
import { ListTime } from '../../views/list-time.tsx'
import { MoneyText } from '../../views/money-text.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { type RecordColumn, RecordTable } from '../../views/record-table.tsx'
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
  const say = useCodes()
  const columns = useMemo(() => columnsOf(t, say, search), [t, say, search])
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
  const say = useCodes()
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
        {t('all', { count: cause.count, title: say('exception', cause.code, cause.title) })}
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

function columnsOf(
  t: TFunction<'exceptions'>,
  say: ReturnType<typeof useCodes>,
  search: ExceptionSearch,
): RecordColumn<CauseRow>[] {
  const column = (
    id: string,
    width: number,
    cell: RecordColumn<CauseRow>['cell'],
  ): RecordColumn<CauseRow> => ({ id, width, cell, header: t(`column.${id}`) })
  return [
    column('cause', 270, ({ code, title, group }) => (
      <Anchor
        size="sm"
        renderRoot={(props) => (
          <Link to="/exceptions" search={{ ...search, view: 'list', group }} {...props} />
        )}
      >
        {code} · {say('exception', code, title)}
      </Anchor>
    )),
    column('about', 130, ({ about, connectionId }) =>
      [say('about', about), connectionId].filter(Boolean).join(' · '),
    ),
    column('count', 80, ({ count }) => count),
    column('returns', 80, ({ returns }) => returns),
    column('money', 150, ({ money }) => <Sums sums={money} />),
    column('overdue', 100, ({ overdue }) => overdue),
    column('trend', 110, ({ trend }) => <Trend days={trend} />),
    column('first', 120, ({ firstAt }) => <ListTime at={firstAt} />),
    column('last', 120, ({ lastAt }) => <ListTime at={lastAt} />),
    column('noted', 150, ({ acknowledged, snoozed }) => t('notes', { acknowledged, snoozed })),
  ]
}

function Sums({ sums }: { readonly sums: CauseRow['money'] }) {
  if (sums.length === 0) return '–'
  return sums.map((one) => (
    <div key={one.currency}>
      <MoneyText value={one} />
    </div>
  ))
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
