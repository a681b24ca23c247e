import { type Refusal, refused } from './scheme.ts'

export type TimestampFormat = 'unix_seconds' | 'unix_milliseconds' | 'iso_8601'

/** The replay window that Standard Webhooks, Stripe, Slack and HubSpot all use. */
export const toleranceSeconds = 300

const isoInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/

/**
 * Checks a signed timestamp against our clock, in both directions. Signs, fractions, exponents and
 * absurd lengths are malformed, so that no number format decides what "five minutes" means.
 */
export function checkTimestamp(
  text: string,
  { format, now }: { readonly format: TimestampFormat; readonly now: Date },
): { skewSeconds: number } | Refusal {
  const timeMs = toMilliseconds(text, format)
  if (timeMs === null) return refused('malformed')
  const skewMs = now.getTime() - timeMs
  if (Math.abs(skewMs) > toleranceSeconds * 1000) return refused('stale')
  return { skewSeconds: Math.round(skewMs / 1000) }
}

export function formatTimestamp(now: Date, format: TimestampFormat): string {
  if (format === 'iso_8601') return now.toISOString()
  return String(format === 'unix_seconds' ? Math.floor(now.getTime() / 1000) : now.getTime())
}

function toMilliseconds(text: string, format: TimestampFormat): number | null {
  if (format === 'iso_8601') {
    const parsed = isoInstant.test(text) ? Date.parse(text) : Number.NaN
    return Number.isNaN(parsed) ? null : parsed
  }
  if (!/^[1-9]\d{0,13}$/.test(text)) return null
  return format === 'unix_seconds' ? Number(text) * 1000 : Number(text)
}
