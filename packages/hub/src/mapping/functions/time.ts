import { DateTime, IANAZone } from 'luxon'
import { HaltError } from '../../platform/expression/language.ts'
import type { MappingFunction } from './mapping-function.ts'
import { isNothing, textOf } from './scalars.ts'

const textLength = 100
const formatLength = 60
const dayMs = 86_400_000
const minuteMs = 60_000
const latestMs = 8.64e15

export const timeFunctions: readonly MappingFunction[] = [
  {
    name: 'time',
    signatures: ['time(dyn, string, string): dyn'],
    does: 'A time of the source as an instant: text, IANA time zone, and how it is written: luxon tokens, "iso", "epoch_s" or "epoch_ms". The zone stands for texts that do not say their offset. An hour that a clock has twice is the earlier one; one that it leaves out is as much later as the clock was put forward.',
    example: {
      expression: 'time("2026-11-02 10:00", "America/Los_Angeles", "yyyy-MM-dd HH:mm")',
      result: '"2026-11-02T18:00:00.000Z"',
    },
    call: time,
  },
]

/** What is wrong with a way of writing times, as the end of a sentence; null where nothing is. */
export function checkTimeFormat(format: string): string | null {
  if (format === 'iso' || format === 'epoch_s' || format === 'epoch_ms') return null
  if (format.length > formatLength) return `takes a format of at most ${formatLength} characters`
  return /[yhHdMLSsuxXaoW]/.test(format) ? null : 'knows no format like this'
}

/** Asking the platform for a zone costs more than everything else about a time. */
const knownZones = new Set<string>()
/** There are some 600; names that are none come from data, and are not remembered. */
const zoneLimit = 1_000

/** Whether there is such a time zone. */
export function isTimeZone(zone: string): boolean {
  if (zone.length > 64) return false
  if (zone === 'UTC' || knownZones.has(zone)) return true
  if (!IANAZone.isValidZone(zone)) return false
  if (knownZones.size < zoneLimit) knownZones.add(zone)
  return true
}

function time(value: unknown, zone: string, format: string): string | null {
  if (isNothing(value)) return null
  const text = textOf(value).trim()
  if (text === '') return null
  if (text.length > textLength) throw new HaltError('takes a time')
  if (!isTimeZone(zone)) throw new HaltError('needs an IANA time zone, such as Europe/Berlin')
  const problem = checkTimeFormat(format)
  if (problem !== null) throw new HaltError(problem)
  return new Date(instantOf(text, zone, format)).toISOString()
}

function instantOf(text: string, zone: string, format: string): number {
  if (format === 'epoch_s') return epochMs(text, 1_000)
  if (format === 'epoch_ms') return epochMs(text, 1)
  // Read as if in UTC: with an offset of its own it is an instant, otherwise what a clock showed.
  const options = { zone: 'utc', locale: 'en-US' } as const
  const read =
    format === 'iso' ? DateTime.fromISO(text, options) : DateTime.fromFormat(text, format, options)
  if (!read.isValid) throw new HaltError('takes a time of the format it names')
  const ms = read.toMillis()
  return saysOffset(text, format) ? ms : instantOfClock(ms, zone)
}

function epochMs(text: string, unitMs: number): number {
  const ms = /^-?\d{1,16}(\.\d{1,9})?$/.test(text) ? Math.round(Number(text) * unitMs) : Number.NaN
  if (Math.abs(ms) <= latestMs) return ms
  throw new HaltError('takes a number of seconds or milliseconds')
}

function saysOffset(text: string, format: string): boolean {
  if (format === 'iso') return /T.*(Z|[+-]\d{2}(:?\d{2})?)$/i.test(text)
  return /[Zzx]/i.test(format.replaceAll(/'[^']*'/g, ''))
}

/**
 * The instant at which clocks of a zone show a time. Luxon would choose by the offset of today, so that the
 * same text could mean two times: here it depends on the text alone.
 *
 * @param shownMs - what the clock shows, as if it were in UTC.
 */
function instantOfClock(shownMs: number, name: string): number {
  const zone = IANAZone.create(name)
  const before = zone.offset(shownMs - dayMs)
  const after = zone.offset(shownMs + dayMs)
  const candidates = [before, after].map((offset) => shownMs - offset * minuteMs)
  const fitting = candidates.filter((ms) => ms + zone.offset(ms) * minuteMs === shownMs)
  // A time that the clock leaves out, by the offset that it had until then.
  return fitting.length > 0 ? Math.min(...fitting) : shownMs - before * minuteMs
}
