import type { ScenarioAdmin } from '@backhaul/connectors/test-odoo'
import { type BookEntry, catalogue, lineTotals, type Neighborhood } from '@backhaul/simulator'
import { Big } from 'big.js'
import { z } from 'zod'
import type { PlannedReturn } from './kinds.ts'
import type { ShownReturn } from './people.ts'
import type { Expected } from './play.ts'

/** A return as it ended, with what was to become of it. */
export interface Ended {
  readonly planned: PlannedReturn
  readonly expected: Expected
  readonly shown: ShownReturn
}

/** Something that two of them do not agree about. */
export interface Drift {
  readonly about: 'quantity' | 'money'
  readonly caseNo: string
  readonly kind: string
  readonly where: string
  readonly hub: string
  readonly there: string
}

const receivedMove = z.object({
  quantity: z.number(),
  origin: z.union([z.literal(false), z.string()]),
})
const creditNote = z.object({
  amount_total: z.number(),
  state: z.string(),
  ref: z.union([z.literal(false), z.string()]),
})

/** Holds every return in the hub against what each system believes of it, to the unit and to the cent. */
export async function compareAll(
  ended: readonly Ended[],
  { neighborhood, admin }: { readonly neighborhood: Neighborhood; readonly admin: ScenarioAdmin },
): Promise<Drift[]> {
  const books = neighborhood.books()
  const drift: Drift[] = []
  for (const one of ended) {
    drift.push(...againstPlan(one), ...againstWarehouse(one, books.warehouse ?? []))
    drift.push(...againstShop(one, books), ...againstStripe(one, books.stripe ?? []))
    drift.push(...(await againstOdoo(one, admin)))
  }
  return drift
}

function differing(
  { planned, shown: { caseNo } }: Ended,
  found: Pick<Drift, 'about' | 'where'> & { readonly hub: Big; readonly there: Big },
): Drift[] {
  const { about, where, hub, there } = found
  if (hub.eq(there)) return []
  return [{ about, where, caseNo, kind: planned.kind, hub: hub.toFixed(), there: there.toFixed() }]
}

function sumOf(values: readonly (string | number | undefined)[]): Big {
  return values.reduce<Big>((sum, value) => sum.plus(String(value ?? 0)), new Big(0))
}

function receivedIn({ shown: { lines } }: Ended): Big {
  return sumOf(lines.map(({ quantities }) => quantities.received))
}

function creditedIn({ shown: { credits } }: Ended): Big {
  const posted = credits.filter(({ status }) => status === 'posted')
  return sumOf(posted.map(({ total }) => total.amount))
}

function refundedIn({ shown: { refunds } }: Ended): Big {
  const paid = refunds.filter(({ status }) => status === 'settled' || status === 'released')
  return sumOf(paid.map(({ amount }) => amount?.amount))
}

/** The hub itself may be wrong: what people did is known. */
function againstPlan(one: Ended): Drift[] {
  const { planned, expected } = one
  const good = catalogue.find(({ sku }) => sku === planned.sku) ?? catalogue[0]
  const { total } = lineTotals({ ...good, quantity: expected.credited })
  const where = 'what people did'
  const hub = receivedIn(one)
  return [
    ...differing(one, { about: 'quantity', where, hub, there: new Big(expected.received) }),
    ...differing(one, {
      about: 'money',
      where,
      hub: creditedIn(one),
      there: new Big(total).div(100),
    }),
  ]
}

function againstWarehouse(one: Ended, books: readonly BookEntry[]): Drift[] {
  const own = books.filter(
    ({ caseNo, kind, status }) =>
      caseNo === one.shown.caseNo && kind === 'received' && status === 'posted',
  )
  const there = sumOf(own.map(({ quantity }) => quantity))
  return differing(one, { about: 'quantity', where: 'warehouse', hub: receivedIn(one), there })
}

/** Shopify counts goods as processed when they have come; it knows the returns that it has, under the hub's number. */
function againstShop(one: Ended, books: ReturnType<Neighborhood['books']>): Drift[] {
  const own = (books.shopify ?? []).filter(({ caseNo }) => caseNo === one.shown.caseNo)
  if (own.length === 0) return []
  const come = own.filter(({ kind }) => kind === 'received')
  const there = sumOf(come.map(({ quantity }) => quantity))
  return differing(one, { about: 'quantity', where: 'shopify', hub: receivedIn(one), there })
}

function againstStripe(one: Ended, books: readonly BookEntry[]): Drift[] {
  const own = books.filter(
    ({ caseNo, status }) => caseNo === one.shown.caseNo && status === 'succeeded',
  )
  const there = sumOf(own.map(({ minor }) => minor)).div(100)
  const found = { about: 'money', where: 'stripe', there } as const
  return differing(one, { ...found, hub: refundedIn(one) })
}

async function againstOdoo(one: Ended, admin: ScenarioAdmin): Promise<Drift[]> {
  const { caseNo } = one.shown
  const moves = await admin.search('stock.move', {
    domain: [
      ['origin', '=like', `${caseNo}:%`],
      ['picking_type_id.code', '=', 'incoming'],
      ['state', '=', 'done'],
    ],
    row: receivedMove,
  })
  const entries = await admin.search('account.move', {
    domain: [
      ['ref', '=like', `${caseNo}/%`],
      ['move_type', '=', 'out_refund'],
      ['state', '=', 'posted'],
    ],
    row: creditNote,
  })
  const come = sumOf(moves.map(({ quantity }) => quantity.toFixed(6)))
  const credited = sumOf(entries.map(({ amount_total }) => amount_total.toFixed(2)))
  return [
    ...differing(one, { about: 'quantity', where: 'odoo', hub: receivedIn(one), there: come }),
    ...differing(one, { about: 'money', where: 'odoo', hub: creditedIn(one), there: credited }),
  ]
}
