import { Badge, Button, Group, Stack, Tabs, Text } from '@mantine/core'
import { createLazyRoute, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty } from '../../views/empty.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { RecordTable } from '../../views/record-table.tsx'
import { SavedViews } from '../../views/saved-views/saved-views.tsx'
import { Screen } from '../../views/screen.tsx'
import { useRowKeys } from '../../views/use-row-keys.ts'
import { Waiting } from '../../views/waiting.tsx'
import { caseColumns, standardColumns } from './case-columns.tsx'
import { CasePreview } from './case-preview.tsx'
import { type CaseSearch, readSearch, stages } from './case-search.ts'
import type { CaseRow } from './cases-api.ts'
import { FilterBar } from './filter-bar.tsx'
import { SelectionBar } from './selection-bar.tsx'
import { useCases } from './use-cases.ts'

export const Route = createLazyRoute('/cases')({ component: CasesScreen })

/** All returns, by the step that they have come to. What is shown is in the address. */
function CasesScreen() {
  const { t } = useTranslation('cases')
  const search = Route.useSearch()
  const navigate = useNavigate()
  const change = useCallback(
    (next: CaseSearch) => void navigate({ to: '/cases', search: next }),
    [navigate],
  )
  const cases = useCases(search)
  return (
    <Screen
      title={t('title')}
      actions={
        <>
          {cases.changed > 0 && (
            <Button size="xs" variant="light" onClick={() => void cases.renew()}>
              {t('common:new', { count: cases.changed })}
            </Button>
          )}
          <SavedViews screen="cases" search={search} read={readSearch} onOpen={change} />
        </>
      }
    >
      <StageTabs search={search} onChange={change} counts={cases.counts.data} />
      <FilterBar search={search} onChange={change} />
      <CaseList search={search} onChange={change} cases={cases} />
    </Screen>
  )
}

function StageTabs({
  search,
  onChange,
  counts,
}: {
  readonly search: CaseSearch
  readonly onChange: (search: CaseSearch) => void
  readonly counts: ReturnType<typeof useCases>['counts']['data']
}) {
  const { t, i18n } = useTranslation(['cases', 'codes'])
  const countOf = (stage: string): string => {
    const count = counts?.stages.find((one) => one.stage === stage)?.count
    if (count === undefined) return '…'
    const text = count.toLocaleString(i18n.language)
    return count === counts?.upTo ? `${text}+` : text
  }
  return (
    <Tabs
      value={search.stage ?? 'all'}
      onChange={(value) => onChange({ ...search, stage: stages.find((one) => one === value) })}
      activateTabWithKeyboard={false}
    >
      <Tabs.List aria-label={t('stages')}>
        <Tabs.Tab value="all" aria-controls="">
          {t('stage.all')}
        </Tabs.Tab>
        {stages.map((stage) => (
          <Tabs.Tab
            key={stage}
            value={stage}
            aria-controls=""
            rightSection={
              <Badge size="sm" variant="default" className="figure">
                {countOf(stage)}
              </Badge>
            }
          >
            {t(`stage.${stage}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
    </Tabs>
  )
}

function CaseList({
  search,
  onChange,
  cases,
}: {
  readonly search: CaseSearch
  readonly onChange: (search: CaseSearch) => void
  readonly cases: ReturnType<typeof useCases>
}) {
  const { t } = useTranslation('cases')
  const navigate = useNavigate()
  const { list, rows, counts, more } = cases
  const [active, setActive] = useState(-1)
  const [previewed, preview] = useState<string | null>(null)
  const { selected, selection, toggleAt, clear } = useSelection(rows)
  const open = ({ caseNo }: CaseRow): void => void navigate({ to: `/cases/${caseNo}` })
  useRowKeys({
    count: rows.length,
    active,
    onActive: (index) => {
      setActive(index)
      if (previewed !== null) preview(rows[index]?.id ?? null)
    },
    onOpen: (index) => rows[index] && open(rows[index]),
    onPreview: (index) => preview(previewed === rows[index]?.id ? null : (rows[index]?.id ?? null)),
    onToggle: toggleAt,
    onEscape: () => preview(null),
  })
  const columns = useMemo(
    () => caseColumns(t, search.columns ?? standardColumns),
    [t, search.columns],
  )
  if (list.isPending) return <Waiting rows={10} />
  if (list.isError && rows.length === 0) {
    return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  }
  if (rows.length === 0) return <NoCases search={search} onChange={onChange} />
  const shown = rows.find(({ id }) => id === previewed)
  const total = list.hasNextPage ? totalOf(search, counts.data) : rows.length
  return (
    <Stack gap="xs">
      <SelectionBar
        rows={[...selected.values()]}
        search={search}
        hasMore={list.hasNextPage || rows.length > selected.size}
        onClear={clear}
      />
      <Group align="stretch" wrap="nowrap" gap="sm">
        <div className="grows">
          <RecordTable
            label={t('title')}
            rows={rows}
            columns={columns}
            selection={selection}
            total={total}
            active={active}
            onActive={setActive}
            onOpen={open}
            onEnd={more}
          />
        </div>
        {shown && <CasePreview row={shown} onClose={() => preview(null)} />}
      </Group>
      <Text size="sm" c="dimmed" aria-live="polite">
        {t('loaded', { count: rows.length })}
      </Text>
    </Stack>
  )
}

/** The returns that are selected, also those that the list no longer shows. */
function useSelection(rows: readonly CaseRow[]) {
  const { t } = useTranslation('cases')
  const [selected, select] = useState<ReadonlyMap<string, CaseRow>>(new Map())
  const [anchor, setAnchor] = useState(0)
  const toggle = useCallback((row: CaseRow) => select((known) => toggled(known, [row])), [])
  const clear = (): void => select(new Map())
  function toggleAt(index: number, withRange: boolean): void {
    const from = withRange ? Math.min(anchor, index) : index
    const to = withRange ? Math.max(anchor, index) : index
    const range = rows.slice(from, to + 1)
    select((known) => (withRange ? joined(known, range) : toggled(known, range)))
    setAnchor(index)
  }
  const selection = {
    header: t('column.select'),
    labelOf: ({ caseNo }: CaseRow) => t('select', { caseNo }),
    has: (id: string) => selected.has(id),
    toggle,
  }
  return { selected, selection, toggleAt, clear }
}

function NoCases({
  search,
  onChange,
}: {
  readonly search: CaseSearch
  readonly onChange: (search: CaseSearch) => void
}) {
  const { t } = useTranslation('cases')
  const { sort: _sort, columns: _columns, ...filters } = search
  if (Object.keys(filters).length === 0)
    return <Empty title={t('none.title')} why={t('none.why')} />
  return (
    <Empty title={t('noMatch.title')} why={t('noMatch.why')}>
      <Button variant="default" onClick={() => onChange({})}>
        {t('noMatch.clear')}
      </Button>
    </Empty>
  )
}

/** How many there are, where that is counted to its end. */
function totalOf(
  { stage }: CaseSearch,
  counts: ReturnType<typeof useCases>['counts']['data'],
): number | undefined {
  const count = counts?.stages.find((one) => one.stage === stage)?.count
  return count === counts?.upTo ? undefined : count
}

function toggled(known: ReadonlyMap<string, CaseRow>, rows: readonly CaseRow[]) {
  const next = new Map(known)
  for (const row of rows) if (!next.delete(row.id)) next.set(row.id, row)
  return next
}

function joined(known: ReadonlyMap<string, CaseRow>, rows: readonly CaseRow[]) {
  return new Map([...known, ...rows.map((row) => [row.id, row] as const)])
}
