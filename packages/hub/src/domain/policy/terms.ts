import { type SettlementTrigger, settlementTriggers } from '@backhaul/sdk/canonical'
import type { FeeAmount } from '../case-state.ts'
import { sum } from '../ledger/minor.ts'

/** Of several moments at which money may move, the last. */
export function latestTrigger(triggers: readonly SettlementTrigger[]): SettlementTrigger {
  const places = triggers.map((one) => settlementTriggers.indexOf(one))
  return settlementTriggers[Math.max(0, ...places)] ?? 'on_inspection'
}

/** One fee of each kind. */
export function mergeFees(fees: readonly FeeAmount[]): readonly FeeAmount[] {
  const byKind = new Map<string, FeeAmount>()
  for (const { kind, netMinor, taxMinor } of fees) {
    const known = byKind.get(kind)
    byKind.set(kind, {
      kind,
      netMinor: sum(known?.netMinor ?? 0, netMinor),
      taxMinor: sum(known?.taxMinor ?? 0, taxMinor),
    })
  }
  return [...byKind.values()]
}
