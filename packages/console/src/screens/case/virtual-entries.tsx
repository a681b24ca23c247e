import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef, useState } from 'react'
import type { Entry } from './case-api.ts'
import type { CaseSearch } from './route.ts'
import { TimelineEntry } from './timeline-entry.tsx'

export interface EntriesProps {
  readonly entries: readonly Entry[]
  readonly asked: string
  readonly search: CaseSearch
  readonly change: (next: Partial<CaseSearch>) => void
}

/** A long story, of which only what is near the window is on the page. */
export function VirtualEntries({ entries, asked, search, change }: EntriesProps) {
  const list = useRef<HTMLOListElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), [])
  const rows = useWindowVirtualizer({
    count: entries.length,
    estimateSize: () => 72,
    overscan: 12,
    scrollMargin: top,
    getItemKey: (index) => entries[index]?.seq ?? index,
  })
  return (
    <ol ref={list} className="case-timeline case-virtual" style={{ height: rows.getTotalSize() }}>
      {rows.getVirtualItems().map(({ index, key, start }) => {
        const entry = entries[index]
        if (entry === undefined) return null
        return (
          <li
            key={key}
            data-index={index}
            ref={rows.measureElement}
            aria-setsize={entries.length}
            aria-posinset={index + 1}
            style={{ transform: `translateY(${start - top}px)` }}
          >
            <TimelineEntry entry={entry} asked={asked} search={search} change={change} />
          </li>
        )
      })}
    </ol>
  )
}
