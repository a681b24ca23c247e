import { between, pick, type Random } from '../../bench/workload/random.ts'

/** What can become of a return here. Those that come most in real life stand there more than once in the mix. */
export const kindNames = [
  'plain',
  'partial',
  'outcomes',
  'damaged',
  'two-channels',
  'canceled',
  'rejected',
  'short',
  'by-agent',
  'before-receipt',
] as const
export type KindName = (typeof kindNames)[number]

const mix: readonly [KindName, ...KindName[]] = [
  'plain',
  'plain',
  'plain',
  'plain',
  'partial',
  'partial',
  'outcomes',
  'damaged',
  'two-channels',
  'canceled',
  'rejected',
  'short',
  'by-agent',
  'before-receipt',
]

/** A return as it will be played, of the order with the same number. */
export interface PlannedReturn {
  readonly number: number
  readonly kind: KindName
  readonly sku: 'RH-BOLT-M8' | 'RH-LAMP-20W'
  readonly quantity: number
}

/** Enough units for every kind to be what its name says. */
export function planReturn(
  number: number,
  { random, kinds }: { readonly random: Random; readonly kinds: readonly KindName[] },
): PlannedReturn {
  const [first, ...others] = kinds
  const kind = pick(random, first === undefined ? mix : [first, ...others])
  const isLamp = kind !== 'outcomes' && random() < 0.4
  const sku = isLamp ? 'RH-LAMP-20W' : 'RH-BOLT-M8'
  return { number, kind, sku, quantity: between(random, 3, isLamp ? 4 : 20) }
}
