import type { SettlementMethod, SettlementTrigger } from '@backhaul/sdk/canonical'
import { Big } from 'big.js'
import type { FeeAmount } from '../case-state.ts'
import { isZero, normal, smaller } from '../ledger/decimal.ts'
import { proportion } from '../ledger/minor.ts'
import type { CompiledChange } from './compile.ts'
import type { LineInput } from './inputs.ts'
import { latestTrigger } from './terms.ts'

/** What is left of a line after the rules that modify it. */
export interface Changed {
  readonly quantity: string
  /** Null: as the rule set says for all. */
  readonly trigger: SettlementTrigger | null
  readonly method: SettlementMethod | null
  readonly returnRequired: boolean | null
  readonly inspectionRequired: boolean | null
  readonly fees: readonly FeeAmount[]
}

/** What of a change could not be worked out. */
interface Failed {
  readonly failed: string
}

export function unchanged({ quantity }: LineInput): Changed {
  return {
    quantity: normal(quantity),
    trigger: null,
    method: null,
    returnRequired: null,
    inspectionRequired: null,
    fees: [],
  }
}

/**
 * One more change: the smallest quantity and the latest trigger stand; of the rest, what was said first. Once
 * somebody wants to see the goods, they are to be seen.
 */
export function applyChange(
  change: CompiledChange,
  before: Changed,
  run: (expression: NonNullable<CompiledChange['quantity']>) => unknown,
): Changed | Failed {
  let { quantity } = before
  if (change.quantity !== null) {
    const wanted = quantityOf(run(change.quantity))
    if (wanted === null) return { failed: '`modify.quantity`' }
    quantity = smaller(quantity, wanted)
  }
  const triggers = [before.trigger, change.trigger].filter((one) => one !== null)
  return {
    ...before,
    quantity,
    trigger: triggers.length === 0 ? null : latestTrigger(triggers),
    method: before.method ?? change.method,
    returnRequired: strictest(before.returnRequired, change.returnRequired),
    inspectionRequired: strictest(before.inspectionRequired, change.inspectionRequired),
  }
}

function strictest(a: boolean | null, b: boolean | null): boolean | null {
  if (a === null || b === null) return a ?? b
  return a || b
}

/** A quantity as a decimal text; below zero nothing is left. */
function quantityOf(value: unknown): string | null {
  const isNumber = typeof value === 'bigint' || (typeof value === 'number' && isFinite(value))
  if (!isNumber) return null
  const quantity = new Big(String(value)).round(6, Big.roundDown)
  return quantity.lte(0) ? '0' : quantity.toFixed()
}

/** The value of what is authorized. Nothing of a line that is not invoiced: no fee can be taken of it. */
export interface Approved {
  readonly quantity: string
  readonly netMinor: number
  readonly taxMinor: number
}

export function approvedOf(line: LineInput, { quantity }: Changed): Approved {
  const partOf = (minor: number | null) =>
    minor === null || isZero(line.quantity)
      ? 0
      : proportion(minor, { part: smaller(quantity, line.quantity), whole: line.quantity })
  return { quantity, netMinor: partOf(line.netMinor), taxMinor: partOf(line.taxMinor) }
}

/** The fees of a rule, each with its tax. They take no more from a line than it is worth. */
export function applyFees(
  change: CompiledChange,
  before: Changed,
  {
    approved,
    run,
  }: {
    readonly approved: Approved
    readonly run: (expression: CompiledChange['fees'][number]['net']) => unknown
  },
): Changed | Failed {
  const fees = [...before.fees]
  for (const { kind, net, tax } of change.fees) {
    const netMinor = minorOf(run(net))
    const taxMinor = minorOf(run(tax))
    if (netMinor === null || taxMinor === null) return { failed: `the fee ${kind}` }
    const fee = {
      kind,
      netMinor: Math.min(netMinor, approved.netMinor - total(fees, 'netMinor')),
      taxMinor: Math.min(taxMinor, approved.taxMinor - total(fees, 'taxMinor')),
    }
    if (fee.netMinor + fee.taxMinor > 0) fees.push(fee)
  }
  return { ...before, fees }
}

function total(fees: readonly FeeAmount[], of: 'netMinor' | 'taxMinor'): number {
  return fees.reduce((all, fee) => all + fee[of], 0)
}

function minorOf(value: unknown): number | null {
  const minor = typeof value === 'bigint' || typeof value === 'number' ? Number(value) : Number.NaN
  return Number.isSafeInteger(minor) && minor >= 0 ? minor : null
}
