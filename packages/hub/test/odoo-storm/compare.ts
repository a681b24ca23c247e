import type { ScenarioAdmin } from '@backhaul/connectors/test-odoo'
import { Big } from 'big.js'
import { z } from 'zod'
import { Findings } from '../faults/checker/findings.ts'
import type { Played } from './driver.ts'
import type { HubClient } from './hub-client.ts'
import type { PlannedLine } from './plan.ts'

const money = z.object({ amount: z.string(), currency: z.string() })
const shownReturn = z.object({
  caseNo: z.string(),
  headline: z.string(),
  lines: z.array(
    z.object({
      lineNo: z.int(),
      quantities: z.object({ received: z.string(), credited: z.string() }),
      posted: money,
    }),
  ),
  credits: z.array(z.object({ creditId: z.string(), status: z.string(), total: money })),
  dispositions: z.array(z.object({ dispositionId: z.string(), status: z.string() })),
  exceptions: z.array(
    z.object({ code: z.string(), status: z.string(), detail: z.string().nullable() }),
  ),
})
type ShownReturn = z.output<typeof shownReturn>

const reference = z.union([z.literal(false), z.tuple([z.int(), z.string()])])
const text = z.union([z.literal(false), z.string()])
const transfer = z.object({ id: z.int(), state: z.string(), origin: text, backorder_id: reference })
const move = z.object({
  id: z.int(),
  state: z.string(),
  origin: text,
  quantity: z.number(),
  product_id: reference,
})
const entry = z.object({
  id: z.int(),
  state: z.string(),
  ref: text,
  amount_total: z.number(),
})
const scrap = z.object({ id: z.int(), state: z.string(), origin: text, scrap_qty: z.number() })

/** Components of the kit that is sold here, in one of it. */
const kitParts = [2, 1] as const

/** Holds every return of the hub against what stands in Odoo: to the unit and to the cent. */
export async function compare(
  played: readonly Played[],
  {
    admin,
    hub,
    key,
  }: { readonly admin: ScenarioAdmin; readonly hub: HubClient; readonly key: string },
): Promise<Findings> {
  const findings = new Findings()
  for (const one of played) {
    const answer = await hub.send('GET', `/api/v1/returns/${one.id}`, { key })
    const shown = shownReturn.parse(answer)
    await compareGoods(findings, admin, { ...one, shown })
    await compareCredits(findings, admin, { ...one, shown })
    compareState(findings, { ...one, shown })
  }
  return findings
}

interface Pair extends Played {
  readonly shown: ShownReturn
}

function compareState(findings: Findings, { caseNo, sold, shown }: Pair): void {
  for (const { code, status, detail } of shown.exceptions) {
    if (status === 'open') findings.add('exception left', `${caseNo}: ${code} ${detail ?? ''}`)
  }
  const { planned } = sold
  const isEmpty = planned.isCanceled
  for (const { lineNo, returned } of planned.lines) {
    const line = shown.lines.find((entryOf) => entryOf.lineNo === lineNo)
    const expected = isEmpty ? '0' : String(returned)
    if (line?.quantities.received !== expected) {
      findings.add('received in the hub', `${caseNo}:${lineNo} ${line?.quantities.received}`)
    }
    if (line?.quantities.credited !== expected) {
      findings.add('credited in the hub', `${caseNo}:${lineNo} ${line?.quantities.credited}`)
    }
  }
}

async function compareGoods(findings: Findings, admin: ScenarioAdmin, pair: Pair): Promise<void> {
  const { caseNo, sold } = pair
  const { planned } = sold
  const transfers = await admin.search('stock.picking', {
    domain: [
      ['origin', '=like', `${caseNo}%`],
      ['picking_type_code', '=', 'incoming'],
    ],
    row: transfer,
  })
  const roots = transfers.filter(({ backorder_id }) => backorder_id === false)
  if (roots.length !== 1) findings.add('not one transfer', `${caseNo}: ${roots.length}`)
  const done = transfers.filter(({ state }) => state === 'done')
  const receipts = planned.isCanceled ? 0 : Math.max(...planned.lines.map((l) => l.receipts.length))
  if (done.length !== receipts) {
    findings.add('not one transfer for each receipt', `${caseNo}: ${done.length} of ${receipts}`)
  }
  const moves = await admin.search('stock.move', {
    domain: [
      ['origin', '=like', `${caseNo}:%`],
      ['picking_type_id.code', '=', 'incoming'],
      ['state', '=', 'done'],
    ],
    row: move,
  })
  for (const line of planned.lines) compareLine(findings, { pair, line, moves })
  if (planned.isInspected) await compareScraps(findings, admin, pair)
}

function compareLine(
  findings: Findings,
  {
    pair: { caseNo, sold },
    line,
    moves,
  }: { pair: Pair; line: PlannedLine; moves: readonly z.output<typeof move>[] },
): void {
  const own = moves.filter(({ origin }) => origin === `${caseNo}:${line.lineNo}`)
  const total = own.reduce((sum, { quantity }) => sum.plus(quantity.toFixed(6)), new Big(0))
  const perUnit = line.goods === 'kit' ? kitParts[0] + kitParts[1] : 1
  const expected = sold.planned.isCanceled ? 0 : line.returned * perUnit
  if (!total.eq(expected)) {
    findings.add('received in Odoo', `${caseNo}:${line.lineNo} ${total.toFixed()} of ${expected}`)
  }
}

async function compareScraps(
  findings: Findings,
  admin: ScenarioAdmin,
  { caseNo, sold: { planned } }: Pair,
): Promise<void> {
  const scraps = await admin.search('stock.scrap', {
    domain: [['origin', '=like', `${caseNo}%`]],
    row: scrap,
  })
  let expected = 0
  for (const { outcome, returned, goods } of planned.lines) {
    const perUnit = goods === 'kit' ? kitParts[0] + kitParts[1] : 1
    if (outcome === 'scrap' && !planned.isCanceled) expected += returned * perUnit
  }
  const done = scraps.filter(({ state }) => state === 'done')
  const total = done.reduce((sum, { scrap_qty }) => sum.plus(scrap_qty.toFixed(6)), new Big(0))
  if (!total.eq(expected)) {
    findings.add('scrapped in Odoo', `${caseNo} ${total.toFixed()} of ${expected}`)
  }
}

async function compareCredits(findings: Findings, admin: ScenarioAdmin, pair: Pair): Promise<void> {
  const { caseNo, shown } = pair
  const entries = await admin.search('account.move', {
    domain: [
      ['ref', '=like', `${caseNo}/%`],
      ['move_type', '=', 'out_refund'],
    ],
    row: entry,
  })
  const posted = shown.credits.filter(({ status }) => status === 'posted')
  if (entries.length !== posted.length) {
    findings.add('not one credit note each', `${caseNo}: ${entries.length} of ${posted.length}`)
  }
  for (const { creditId, total } of posted) {
    const own = entries.filter(({ ref }) => ref === `${caseNo}/${creditId}`)
    const [first] = own
    if (own.length !== 1 || first?.state !== 'posted') {
      findings.add('credit not posted once', `${caseNo}/${creditId}: ${own.length} ${first?.state}`)
      continue
    }
    if (first.amount_total.toFixed(2) !== new Big(total.amount).toFixed(2)) {
      findings.add(
        'credit differs',
        `${caseNo}/${creditId}: ${first.amount_total} and ${total.amount}`,
      )
    }
  }
}
