import { Anchor, Button, Chip, Group, SegmentedControl } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { pauseLive, resumeLive, useLiveState } from '../../live/live.ts'
import type { Entry } from './case-api.ts'
import type { CaseSearch } from './route.ts'
import { useCaseTexts } from './texts.ts'

/** What of the story is shown: its order, how much of each entry, whose, and only what failed. */
export function TimelineFilters({
  search,
  change,
  entries,
}: {
  readonly search: CaseSearch
  readonly change: (next: Partial<CaseSearch>) => void
  readonly entries: readonly Entry[]
}) {
  const { say } = useCaseTexts()
  const live = useLiveState()
  const isPaused = live.kind === 'paused'
  return (
    <div className="case-filters no-print">
      <SegmentedControl
        size="xs"
        aria-label={say('timeline.order')}
        value={search.order ?? 'newest'}
        onChange={(value) => change({ order: value === 'story' ? 'story' : undefined })}
        data={[
          { value: 'newest', label: say('timeline.newest') },
          { value: 'story', label: say('timeline.story') },
        ]}
      />
      <SegmentedControl
        size="xs"
        aria-label={say('timeline.view')}
        value={search.view ?? 'compact'}
        onChange={(value) =>
          change({ view: value === 'full' || value === 'json' ? value : undefined })
        }
        data={[
          { value: 'compact', label: say('timeline.compact') },
          { value: 'full', label: say('timeline.full') },
          { value: 'json', label: 'JSON' },
        ]}
      />
      <Button
        size="xs"
        variant="default"
        leftSection={
          isPaused ? (
            <IconPlayerPlay size={14} aria-hidden />
          ) : (
            <IconPlayerPause size={14} aria-hidden />
          )
        }
        onClick={isPaused ? resumeLive : pauseLive}
      >
        {say(isPaused ? 'timeline.resume' : 'timeline.pause')}
      </Button>
      <Sources search={search} change={change} entries={entries} />
      <Kinds search={search} change={change} entries={entries} />
    </div>
  )
}

interface ChipsProps {
  readonly search: CaseSearch
  readonly change: (next: Partial<CaseSearch>) => void
  readonly entries: readonly Entry[]
}

function Sources({ search, change, entries }: ChipsProps) {
  const { say, word } = useCaseTexts()
  const chosen = search.source ?? []
  const known = [...new Set([...chosen, ...entries.map(({ source }) => source)])].toSorted()
  return (
    <Group gap={6} role="group" aria-label={say('timeline.sources')}>
      <Chip
        size="xs"
        checked={search.failed === true}
        onChange={(isOn) => change({ failed: isOn || undefined })}
      >
        {say('timeline.failed')}
      </Chip>
      {known.map((source) => (
        <Chip
          key={source}
          size="xs"
          checked={chosen.includes(source)}
          onChange={(isOn) => change({ source: toggled(chosen, source, isOn) })}
        >
          {word('source', source)}
        </Chip>
      ))}
    </Group>
  )
}

function Kinds({ search, change, entries }: ChipsProps) {
  const { say, word } = useCaseTexts()
  const chosen = search.kind ?? []
  const known = [...new Set([...chosen, ...entries.map(({ type }) => kindOf(type))])].toSorted()
  const isFiltered = chosen.length > 0 || search.source !== undefined || search.failed === true
  return (
    <Group gap={6} role="group" aria-label={say('timeline.kinds')}>
      {known.map((kind) => (
        <Chip
          key={kind}
          size="xs"
          variant="light"
          checked={chosen.includes(kind)}
          onChange={(isOn) => change({ kind: toggled(chosen, kind, isOn) })}
        >
          {word('kind', kind)}
        </Chip>
      ))}
      {isFiltered && (
        <Anchor
          component="button"
          type="button"
          size="sm"
          onClick={() => change({ source: undefined, kind: undefined, failed: undefined })}
        >
          {say('timeline.clear')}
        </Anchor>
      )}
    </Group>
  )
}

/** `goods.received` -> `goods`. */
function kindOf(type: string): string {
  return type.split('.', 1)[0] ?? type
}

/** With it or without it; undefined where none is left, so that the address stays short. */
function toggled(all: readonly string[], one: string, isOn: boolean): string[] | undefined {
  const next = isOn ? [...all, one] : all.filter((other) => other !== one)
  return next.length === 0 ? undefined : next
}
