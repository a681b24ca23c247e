import { Anchor, Button, Code, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useShortcuts } from '../../keyboard/shortcuts.ts'
import { CopyButton } from '../../views/copy-button.tsx'
import { ProblemView } from '../../views/problem-view.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { caseAddress, caseKey, type Entry, readTimeline } from './case-api.ts'
import { Panel } from './panel.tsx'
import type { CaseSearch } from './route.ts'
import { useCaseTexts } from './texts.ts'
import { TimelineEntry } from './timeline-entry.tsx'
import { TimelineFilters } from './timeline-filters.tsx'
import type { EntriesProps } from './virtual-entries.tsx'

const route = getRouteApi('/cases/$caseNo')
const pageSize = 50

/** What happened, from all systems, in one list. What of it is shown stands in the address. */
export function Timeline({ asked }: { readonly asked: string }) {
  const { say } = useCaseTexts()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = (next: Partial<CaseSearch>) =>
    void navigate({
      search: (now: CaseSearch) => ({ ...now, ...next }),
      replace: true,
      resetScroll: false,
    })
  const found = useTimeline(asked, search)
  const entries = found.data?.pages.flatMap(({ data }) => data) ?? []
  useTimelineKeys(entries, search, change)
  return (
    <Panel title={say('timeline.title')}>
      <TimelineFilters search={search} change={change} entries={entries} />
      {found.isPending && <Waiting rows={6} />}
      {found.isError && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isSuccess && entries.length === 0 && (
        <Text c="dimmed" py="md">
          {say('timeline.none')}{' '}
          <Anchor component="button" type="button" onClick={() => change(noFilters)}>
            {say('timeline.clear')}
          </Anchor>
        </Text>
      )}
      {search.view === 'json' ? (
        <Json entries={entries} asked={asked} />
      ) : (
        <Entries entries={entries} asked={asked} search={search} change={change} />
      )}
      {found.hasNextPage && (
        <Button
          variant="default"
          mt="sm"
          className="no-print"
          loading={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          {say('timeline.more')}
        </Button>
      )}
    </Panel>
  )
}

const noFilters = { source: undefined, kind: undefined, failed: undefined }

function useTimeline(asked: string, { order, source, kind, failed }: CaseSearch) {
  const query = {
    order: order === 'story' ? 'asc' : 'desc',
    limit: pageSize,
    source,
    kind,
    failed: failed ? 'true' : undefined,
  }
  return useInfiniteQuery({
    queryKey: [...caseKey(asked), 'timeline', query],
    queryFn: ({ pageParam }) =>
      readTimeline(asked, { ...query, ...(pageParam === null ? {} : { cursor: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: 'always',
  })
}

/** `j` and `k` go through the entries, and open the one that they come to. */
function useTimelineKeys(
  entries: readonly Entry[],
  search: CaseSearch,
  change: (next: Partial<CaseSearch>) => void,
): void {
  const { say } = useCaseTexts()
  const step = (by: number) => () => {
    const here = entries.findIndex(({ seq }) => seq === search.entry)
    const next = entries[Math.min(Math.max(here + by, 0), entries.length - 1)]
    if (next !== undefined) change({ entry: next.seq })
  }
  const group = 'screen'
  useShortcuts([
    { id: 'case.next', keys: 'j', label: say('keys.next'), group, run: step(1) },
    { id: 'case.previous', keys: 'k', label: say('keys.previous'), group, run: step(-1) },
    {
      id: 'case.failed',
      keys: 'f',
      label: say('timeline.failed'),
      group,
      run: () => change({ failed: search.failed ? undefined : true }),
    },
    {
      id: 'case.order',
      keys: 'o',
      label: say('keys.order'),
      group,
      run: () => change({ order: search.order === 'story' ? undefined : 'story' }),
    },
  ])
}

/** Fetched for long stories alone. */
const VirtualEntries = lazy(async () => ({
  default: (await import('./virtual-entries.tsx')).VirtualEntries,
}))

/** Beyond this many, only the entries around the window are on the page. */
const virtualFrom = 100

function Entries(props: EntriesProps) {
  const { entries, asked, search, change } = props
  if (entries.length > virtualFrom) {
    return (
      <Suspense fallback={<Waiting rows={6} />}>
        <VirtualEntries {...props} />
      </Suspense>
    )
  }
  return (
    <ol className="case-timeline">
      {entries.map((entry) => (
        <li key={entry.seq}>
          <TimelineEntry entry={entry} asked={asked} search={search} change={change} />
        </li>
      ))}
    </ol>
  )
}

function Json({ entries, asked }: { readonly entries: readonly Entry[]; readonly asked: string }) {
  const { say } = useCaseTexts()
  const text = JSON.stringify(entries, null, 2)
  return (
    <>
      <CopyButton value={text} what={say('timeline.json')}>
        {say('timeline.copy')}
      </CopyButton>
      <Anchor href={`${caseAddress(asked)}/timeline/download`} download>
        {say('timeline.download')}
      </Anchor>
      <Code block tabIndex={0} aria-label={say('timeline.json')} className="case-json">
        {text}
      </Code>
    </>
  )
}
