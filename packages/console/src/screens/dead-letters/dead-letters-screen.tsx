import { Anchor, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { createLazyRoute, Link, useNavigate } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { type FormEvent, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'
import { type BulkAction, BulkDialog } from '../../views/bulk/bulk-dialog.tsx'
import { Empty } from '../../views/empty.tsx'
import { formText } from '../../views/form-text.ts'
import { ListTime } from '../../views/list-time.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { type RecordColumn, RecordTable } from '../../views/record-table.tsx'
import { SavedViews } from '../../views/saved-views/saved-views.tsx'
import { Screen } from '../../views/screen.tsx'
import { useRowKeys } from '../../views/use-row-keys.ts'
import { Waiting } from '../../views/waiting.tsx'
import { type LetterSearch, readLetterSearch } from './letter-search.ts'
import { type Letter, readLetters } from './letters-api.ts'

export const Route = createLazyRoute('/dead-letters')({ component: DeadLettersScreen })

/** Deliveries that no system took, to be sent again or given up. */
function DeadLettersScreen() {
  const { t } = useTranslation('dead-letters')
  const search = Route.useSearch()
  const navigate = useNavigate()
  const change = (next: LetterSearch): void => void navigate({ to: '/dead-letters', search: next })
  return (
    <Screen
      title={t('title')}
      actions={
        <>
          <Anchor component={Link} to="/messages">
            {t('messages')}
          </Anchor>
          <SavedViews
            screen="dead_letters"
            search={search}
            read={readLetterSearch}
            onOpen={change}
          />
        </>
      }
    >
      <Filters key={JSON.stringify(search)} search={search} onChange={change} />
      <Letters key={`list ${JSON.stringify(search)}`} search={search} />
    </Screen>
  )
}

function Filters({
  search,
  onChange,
}: {
  readonly search: LetterSearch
  readonly onChange: (search: LetterSearch) => void
}) {
  const { t } = useTranslation('dead-letters')
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const given = (['connection', 'command', 'code'] as const).flatMap((name) => {
      const value = formText(form, name).trim()
      return value === '' ? [] : [[name, value] as const]
    })
    onChange(Object.fromEntries(given))
  }
  return (
    <form onSubmit={submit}>
      <Group align="flex-end">
        <TextInput name="connection" label={t('connection')} defaultValue={search.connection} />
        <TextInput name="command" label={t('command')} defaultValue={search.command} />
        <TextInput name="code" label={t('code')} defaultValue={search.code} />
        <Button type="submit" variant="default">
          {t('apply')}
        </Button>
      </Group>
    </form>
  )
}

function Letters({ search }: { readonly search: LetterSearch }) {
  const { t } = useTranslation('dead-letters')
  const navigate = useNavigate()
  const list = useInfiniteQuery({
    queryKey: ['dead-letters', 'list', search],
    queryFn: ({ pageParam }) => readLetters(search, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchOnWindowFocus: false,
  })
  const rows = useMemo(() => list.data?.pages.flatMap(({ data }) => data) ?? [], [list.data])
  const [active, setActive] = useState(-1)
  const [selected, select] = useState<ReadonlySet<string>>(new Set())
  const [action, setAction] = useState<BulkAction | null>(null)
  const toggle = (id: string): void => select((known) => toggled(known, id))
  const open = ({ id }: Letter): void => void navigate({ to: '/deliveries/$id', params: { id } })
  useRowKeys({
    count: rows.length,
    active,
    onActive: setActive,
    onOpen: (index) => rows[index] && open(rows[index]),
    onToggle: (index) => rows[index] && toggle(rows[index].id),
  })
  const columns = useMemo(() => letterColumns(t), [t])
  if (list.isPending) return <Waiting rows={8} />
  if (list.isError) {
    return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  }
  if (rows.length === 0) return <NoLetters search={search} />
  return (
    <Stack gap="xs">
      <Actions search={search} selected={selected} onAct={setAction} />
      <RecordTable
        label={t('title')}
        rows={rows}
        columns={columns}
        selection={{
          header: t('column.select'),
          labelOf: ({ caseNo }) => t('select', { id: caseNo }),
          has: (id) => selected.has(id),
          toggle: ({ id }) => toggle(id),
        }}
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
      {action && (
        <BulkDialog
          action={action}
          refreshes="dead-letters"
          onClose={(isDone) => {
            setAction(null)
            if (isDone) select(new Set())
          }}
        />
      )}
    </Stack>
  )
}

function toggled(known: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(known)
  if (!next.delete(id)) next.add(id)
  return next
}

function Actions({
  search,
  selected,
  onAct,
}: {
  readonly search: LetterSearch
  readonly selected: ReadonlySet<string>
  readonly onAct: (action: BulkAction) => void
}) {
  const { t } = useTranslation('dead-letters')
  const which = selected.size > 0 ? 'selected' : 'all'
  const chosen = selected.size > 0 ? { ids: [...selected] } : { filter: search }
  return (
    <Group gap="xs">
      {selected.size > 0 && <Text size="sm">{t('selected', { count: selected.size })}</Text>}
      {(['replay', 'discard'] as const).map((kind) => (
        <Allowed key={kind} right="deliveries.replay">
          <Button size="xs" variant="default" onClick={() => onAct(actionOf(t, kind, chosen))}>
            {t(`${kind}.${which}`)}
          </Button>
        </Allowed>
      ))}
    </Group>
  )
}

function actionOf(
  t: TFunction<'dead-letters'>,
  kind: 'replay' | 'discard',
  chosen: Pick<BulkAction['request'], 'ids' | 'filter'>,
): BulkAction {
  return {
    title: t(`${kind}.title`),
    about: t(`${kind}.effect`),
    request: { kind: `deliveries.${kind}`, ...chosen },
    ...(kind === 'discard' ? { asks: 'reason', isFinal: true } : {}),
  }
}

function NoLetters({ search }: { readonly search: LetterSearch }) {
  const { t } = useTranslation('dead-letters')
  if (Object.keys(search).length === 0) return <Empty title={t('none.title')} why={t('none.why')} />
  return (
    <Empty title={t('noMatch.title')} why={t('noMatch.why')}>
      <Anchor component={Link} to="/dead-letters">
        {t('noMatch.clear')}
      </Anchor>
    </Empty>
  )
}

function letterColumns(t: TFunction<'dead-letters'>): RecordColumn<Letter>[] {
  const column = (
    id: string,
    width: number,
    cell: RecordColumn<Letter>['cell'],
  ): RecordColumn<Letter> => ({ id, width, cell, header: t(`column.${id}`) })
  return [
    column('command', 160, ({ id, command }) => (
      <Anchor component={Link} to={`/deliveries/${id}`} size="sm">
        {command}
      </Anchor>
    )),
    column('case', 130, ({ caseNo }) => (
      <Anchor component={Link} to={`/cases/${caseNo}`} size="sm" className="figure">
        {caseNo}
      </Anchor>
    )),
    column('connection', 130, ({ connectionId }) => connectionId),
    column('code', 170, ({ lastAttempt }) => lastAttempt?.code ?? '–'),
    column('reason', 280, ({ lastAttempt }) => lastAttempt?.reason ?? '–'),
    column('attempts', 95, ({ attempts }) => attempts),
    column('created', 130, ({ createdAt }) => <ListTime at={createdAt} />),
    column('last', 130, ({ lastAttempt }) =>
      lastAttempt?.at ? <ListTime at={lastAttempt.at} /> : '–',
    ),
  ]
}
