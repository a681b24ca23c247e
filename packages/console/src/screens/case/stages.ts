import type { Line } from './case-api.ts'

export const axisNames = [
  'authorization',
  'transport',
  'receipt',
  'inspection',
  'disposition',
  'settlement',
  'fulfillment',
  'supplierRecovery',
] as const
export type AxisName = (typeof axisNames)[number]

/** How far a stage is: not begun, not needed, under way, at its end, or in trouble. */
export type Progress = 'none' | 'not_needed' | 'underway' | 'done' | 'trouble'

const done = {
  authorization: ['approved'],
  transport: ['delivered'],
  receipt: ['received', 'closed_short'],
  inspection: ['passed', 'failed', 'mixed'],
  disposition: ['executed'],
  settlement: ['settled'],
  fulfillment: ['delivered'],
  supplierRecovery: ['credited', 'written_off'],
} as const satisfies Record<AxisName, readonly string[]>

const trouble: ReadonlySet<string> = new Set([
  'rejected',
  'expired',
  'delayed',
  'damaged',
  'lost',
  'returned_to_sender',
  'unexpected',
  'refused',
  'reversed',
  'declined',
  'denied',
  'disputed',
])

export function progressOf(axis: AxisName, state: string): Progress {
  if (state === 'none' || (axis === 'receipt' && state === 'expected')) return 'none'
  if (state === 'not_required' || state === 'voided' || state === 'canceled') return 'not_needed'
  if ((done[axis] as readonly string[]).includes(state)) return 'done'
  // A failed inspection is a result; a failed settlement is none.
  if (trouble.has(state) || state === 'failed') return 'trouble'
  return 'underway'
}

const order: readonly Progress[] = ['trouble', 'underway', 'none', 'done', 'not_needed']

export interface Stage {
  readonly axis: AxisName
  readonly progress: Progress
  /** States of the lines, each once. */
  readonly states: readonly string[]
  /** Units that have come so far, of how many; null for a stage that counts none. */
  readonly count: { readonly value: number; readonly of: number } | null
}

/** The stages of a return over all its lines; those that no line needs are left out. */
export function stagesOf(lines: readonly Line[]): readonly Stage[] {
  return axisNames.flatMap((axis): Stage[] => {
    const states = [...new Set(lines.map((line) => line.axes[axis] ?? 'none'))]
    if ((axis === 'fulfillment' || axis === 'supplierRecovery') && states.join() === 'none') {
      return []
    }
    const all = states.map((state) => progressOf(axis, state))
    const worst = order.find((one) => all.includes(one)) ?? 'none'
    const progress = worst === 'none' && all.includes('done') ? 'underway' : worst
    return [{ axis, progress, states, count: countOf(axis, lines) }]
  })
}

const units: Readonly<Partial<Record<AxisName, readonly string[]>>> = {
  authorization: ['authorized'],
  transport: ['shipped'],
  receipt: ['received', 'surplus'],
  inspection: ['accepted', 'rejected'],
  settlement: ['credited'],
}

function countOf(axis: AxisName, lines: readonly Line[]): Stage['count'] {
  const names = units[axis]
  if (names === undefined) return null
  const of = total(lines, axis === 'authorization' ? ['requested'] : ['authorized'])
  const value = total(lines, names)
  return of === 0 && value === 0 ? null : { value, of }
}

/** Units of a line by column; for a bar's length, where a double is exact enough. */
function total(lines: readonly Line[], names: readonly string[]): number {
  let sum = 0
  for (const { quantities } of lines) {
    for (const name of names) sum += Number(quantities[name] ?? 0)
  }
  return sum
}
