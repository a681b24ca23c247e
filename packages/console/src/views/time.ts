/** A length of time as people say it: `2 d 4 h`, `3 h 5 min`, `12 s`. Two units at most. */
export function durationText(ms: number, language: string): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const parts = [
    { unit: 'day', count: Math.floor(seconds / 86_400) },
    { unit: 'hour', count: Math.floor((seconds % 86_400) / 3600) },
    { unit: 'minute', count: Math.floor((seconds % 3600) / 60) },
    { unit: 'second', count: seconds % 60 },
  ] as const
  const first = parts.findIndex(({ count }) => count > 0)
  if (first === -1) return unitText(0, 'second', language)
  const shown = parts.slice(first, first === 3 ? 4 : first + 2).filter(({ count }) => count > 0)
  // Seconds beside minutes say nothing to anybody.
  const kept = shown.filter(({ unit }) => unit !== 'second' || shown.length === 1)
  return kept.map(({ count, unit }) => unitText(count, unit, language)).join(' ')
}

function unitText(count: number, unit: string, language: string): string {
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'narrow' })
    .format(count)
    .replace(/^(\d+)(?=\p{L})/u, '$1 ')
}

/** How long ago, or in how long: `3 hours ago`. */
export function relativeText(at: Date, now: Date, language: string): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000)
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const size = Math.abs(seconds)
  if (size < 60) return format.format(seconds, 'second')
  if (size < 3600) return format.format(Math.trunc(seconds / 60), 'minute')
  if (size < 86_400) return format.format(Math.trunc(seconds / 3600), 'hour')
  return format.format(Math.trunc(seconds / 86_400), 'day')
}

/** A time in full, in a zone that it names: `Tue, 3 Mar 2026, 14:05 CET`. */
export function exactText(at: Date, zone: string, language: string): string {
  return new Intl.DateTimeFormat(language, {
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: zone,
    timeZoneName: 'short',
  }).format(at)
}

/** A time as short as it can be told: only the clock for today, without the year within this one. */
export function shortText(
  at: Date,
  now: Date,
  { zone, language }: { readonly zone: string; readonly language: string },
): string {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: zone })
  const [thatDay, today] = [day.format(at), day.format(now)]
  const clock = { hour: '2-digit', minute: '2-digit', timeZone: zone } as const
  if (thatDay === today) return new Intl.DateTimeFormat(language, clock).format(at)
  const date = { month: 'short', day: 'numeric', ...clock } as const
  if (thatDay.slice(0, 4) === today.slice(0, 4)) {
    return new Intl.DateTimeFormat(language, { weekday: 'short', ...date }).format(at)
  }
  return new Intl.DateTimeFormat(language, { year: 'numeric', ...date }).format(at)
}
