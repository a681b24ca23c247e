/** How times are written. */
export interface TimeShape {
  /** As `time()` takes it: `iso`, `epoch_s`, `epoch_ms`, or luxon tokens. */
  readonly format: string
  /** Whether the text itself says which instant is meant. */
  readonly hasOffset: boolean
  /** Day and month could as well be the other way round. */
  readonly isAmbiguous: boolean
}

const earliestS = Date.UTC(2001, 0, 1) / 1000
const latestS = Date.UTC(2100, 0, 1) / 1000
const clock = String.raw`(?:([ T]|, )(\d{1,2}):(\d{2})(:\d{2})?(\.\d{3})?( ?[AaPp][Mm])?)?`
const isoInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}(:?\d{2})?)$/i
const isoLocal = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?)?$/
const yearFirst = new RegExp(String.raw`^\d{4}([-/.])(\d{1,2})\1(\d{1,2})${clock}$`)
const yearLast = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})${clock}$`)
const named = new RegExp(String.raw`^(\d{1,2})([ -])([A-Z][a-z]{2,8})\2(\d{4})${clock}$`)

/** The one way in which all of these values are written as times; null where there is none. */
export function timeShapeOf(values: readonly string[]): TimeShape | null {
  if (values.length === 0) return null
  const shapes = [isoShape, epochShape, plainShape, yearFirstShape, yearLastShape, namedShape]
  for (const shape of shapes) {
    const found = shape(values)
    if (found) return found
  }
  return null
}

function isoShape(values: readonly string[]): TimeShape | null {
  const certain = { format: 'iso', isAmbiguous: false }
  if (values.every((value) => isoInstant.test(value))) return { ...certain, hasOffset: true }
  const isLocal = values.every((value) => isoLocal.test(value) && isMonth(value.slice(5, 7)))
  return isLocal ? { ...certain, hasOffset: false } : null
}

function epochShape(values: readonly string[]): TimeShape | null {
  for (const [format, unit, digits] of [
    ['epoch_s', 1, 10],
    ['epoch_ms', 1000, 13],
  ] as const) {
    const isEpoch = values.every((value) => {
      const seconds = Number(value) / unit
      return (
        value.length === digits && /^\d+$/.test(value) && seconds >= earliestS && seconds < latestS
      )
    })
    if (isEpoch) return { format, hasOffset: true, isAmbiguous: false }
  }
  return null
}

function plainShape(values: readonly string[]): TimeShape | null {
  for (const [pattern, format] of [
    [/^20\d{6}$/, 'yyyyMMdd'],
    [/^20\d{10}$/, 'yyyyMMddHHmm'],
    [/^20\d{12}$/, 'yyyyMMddHHmmss'],
  ] as const) {
    const fits = values.every(
      (value) => pattern.test(value) && isMonth(value.slice(4, 6)) && isDay(value.slice(6, 8)),
    )
    if (fits) return { format, hasOffset: false, isAmbiguous: false }
  }
  return null
}

function yearFirstShape(values: readonly string[]): TimeShape | null {
  const matches = matchAll(values, yearFirst)
  if (!matches?.every(([, , month, day]) => isMonth(month) && isDay(day))) return null
  const [separator] = sameOf(matches, 1)
  const clockFormat = clockOf(matches, 4)
  if (separator === undefined || clockFormat === null) return null
  const month = widthOf(matches, 2, 'M')
  const day = widthOf(matches, 3, 'd')
  const format = `yyyy${separator}${month}${separator}${day}${clockFormat}`
  return { format, hasOffset: false, isAmbiguous: false }
}

function yearLastShape(values: readonly string[]): TimeShape | null {
  const matches = matchAll(values, yearLast)
  if (!matches) return null
  const [separator] = sameOf(matches, 2)
  const [yearLength] = sameLengthOf(matches, 4)
  const clockFormat = clockOf(matches, 5)
  if (separator === undefined || yearLength === undefined || clockFormat === null) return null
  const canDayBeFirst = matches.every(([, a, , b]) => isDay(a) && isMonth(b))
  const canMonthBeFirst = matches.every(([, a, , b]) => isMonth(a) && isDay(b))
  if (!canDayBeFirst && !canMonthBeFirst) return null
  // A slash is what both sides of the Atlantic write; a dot or a hyphen puts the day first.
  const isAmbiguous = canDayBeFirst && canMonthBeFirst && separator === '/'
  const order = canDayBeFirst ? (['d', 'M'] as const) : (['M', 'd'] as const)
  const year = yearLength === 4 ? 'yyyy' : 'yy'
  const [first, second] = [widthOf(matches, 1, order[0]), widthOf(matches, 3, order[1])]
  const format = `${first}${separator}${second}${separator}${year}${clockFormat}`
  return { format, hasOffset: false, isAmbiguous }
}

function namedShape(values: readonly string[]): TimeShape | null {
  const matches = matchAll(values, named)
  if (!matches) return null
  const [separator] = sameOf(matches, 2)
  const clockFormat = clockOf(matches, 5)
  if (separator === undefined || clockFormat === null) return null
  const month = matches.every(([, , , name]) => name?.length === 3) ? 'MMM' : 'MMMM'
  const day = widthOf(matches, 1, 'd')
  const format = `${day}${separator}${month}${separator}yyyy${clockFormat}`
  return { format, hasOffset: false, isAmbiguous: false }
}

function matchAll(values: readonly string[], pattern: RegExp): readonly string[][] | null {
  const matches: string[][] = []
  for (const value of values) {
    const match = pattern.exec(value)
    if (!match) return null
    matches.push(match.map((part: string | undefined) => part ?? ''))
  }
  return matches
}

/** Tokens of the clock that begins at a group of the match: none, or the same for all; null where they differ. */
function clockOf(matches: readonly string[][], group: number): string | null {
  const formats = matches.map((match) => {
    const [separator = '', hour = '', , seconds = '', millis = '', half = ''] = match.slice(group)
    if (hour === '') return ''
    const isHalf = half !== ''
    const hours = isHalf ? 'h' : hour.length === 2 ? 'HH' : 'H'
    const before = separator === 'T' ? "'T'" : separator
    return [
      `${before}${hours}:mm`,
      seconds === '' ? '' : ':ss',
      millis === '' ? '' : '.SSS',
      isHalf ? `${half.startsWith(' ') ? ' ' : ''}a` : '',
    ].join('')
  })
  const all = new Set(formats.map((format) => format.replace('HH', 'H')))
  if (all.size !== 1) return null
  // Luxon reads one digit or two with `H`, and two only with `HH`.
  return formats.every((format) => format.includes('HH')) ? (formats[0] ?? '') : ([...all][0] ?? '')
}

function widthOf(matches: readonly string[][], group: number, token: 'd' | 'M'): string {
  return matches.every((match) => match[group]?.length === 2) ? token.repeat(2) : token
}

function sameOf(matches: readonly string[][], group: number): string[] {
  const all = new Set(matches.map((match) => match[group] ?? ''))
  return all.size === 1 ? [...all] : []
}

function sameLengthOf(matches: readonly string[][], group: number): number[] {
  const all = new Set(matches.map((match) => match[group]?.length ?? 0))
  return all.size === 1 ? [...all] : []
}

function isMonth(text: string | undefined): boolean {
  return isWithin(text, 12)
}

function isDay(text: string | undefined): boolean {
  return isWithin(text, 31)
}

function isWithin(text: string | undefined, most: number): boolean {
  const value = Number(text)
  return value >= 1 && value <= most
}
