import { RetryableError } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { z } from 'zod'
import { getOrCreate } from '../client/get-or-create.ts'
import { type Odoo, odooCodes } from '../client/odoo.ts'
import { dateTime, decimal, many2one, text } from '../client/values.ts'
import { externalId, transferOrigin } from '../references.ts'
import { chooseLots, type HeldGoods } from './held.ts'
import { KeyedLock } from './lock.ts'
import type { Opened } from './opening.ts'
import { refusal } from './refusals.ts'
import type { LotQuantity } from './serials.ts'

const row = z.object({
  id: z.int(),
  name: text,
  state: z.string(),
  product_id: many2one,
  lot_id: many2one,
  scrap_qty: decimal,
  write_date: dateTime,
})
type Scrap = z.output<typeof row>

interface Step {
  readonly dispositionId: string
  /** Of the delivery: after the first an earlier call may still be at work over there. */
  readonly attempt: number
}

interface PlannedScrap {
  readonly productId: number
  readonly productName: string
  readonly fromId: number
  readonly lotId: number | null
  readonly quantity: Big
}

/**
 * Writes goods off. Odoo scraps again with every validation, also of a done record and from calls at once: so one
 * record for each product and lot of a step, its state read first, and one call at a time.
 *
 * @returns the names of the records.
 * @throws {TerminalError} INSUFFICIENT_STOCK, SERIAL_NOT_RECEIVED.
 * @throws {RetryableError} ODOO_LOCKED while an earlier attempt may still be under way.
 */
export async function scrapGoods(
  opened: Opened,
  goods: readonly HeldGoods[],
  step: Step,
): Promise<string[]> {
  if (goods.length === 0) return []
  const isTracked = goods.some(({ held }) => held.tracking !== 'none')
  const isAgain = step.attempt > 1
  const before = isTracked || isAgain ? await scrapsOf(opened, step.dispositionId) : []
  // What is made only now, no earlier attempt can have pressed anything on.
  const earlier = new Set(isAgain ? before.map(({ id }) => id) : [])
  const names: string[] = []
  for (const planned of await planScraps(opened.odoo, goods, before)) {
    names.push(await scrapOnce(opened, planned, { ...step, earlier }))
  }
  return names
}

function scrapsOf({ odoo, caseNo }: Opened, dispositionId: string): Promise<Scrap[]> {
  const domain = [['origin', '=', transferOrigin(caseNo, dispositionId)]] as const
  return odoo.search('stock.scrap', { domain, row, order: 'id' })
}

/** What was scrapped already keeps its lots: they are no longer there to be chosen again. */
async function planScraps(
  odoo: Odoo,
  goods: readonly HeldGoods[],
  before: readonly Scrap[],
): Promise<PlannedScrap[]> {
  const earlier = before.map((scrap) => ({ scrap, left: new Big(scrap.scrap_qty) }))
  const kept: PlannedScrap[] = []
  const open = goods.map((one) => {
    let { quantity } = one
    if (one.held.tracking === 'none') return one
    for (const known of earlier) {
      if (known.scrap.product_id?.id !== one.held.productId || known.left.lte(0)) continue
      const taken = known.left.lt(quantity) ? known.left : quantity
      if (taken.lte(0)) continue
      known.left = known.left.minus(taken)
      quantity = quantity.minus(taken)
      kept.push(toPlanned(one, known.scrap.lot_id?.id ?? null, taken))
    }
    const taken = new Set(kept.map(({ lotId }) => lotId))
    const isKept = (name: string) =>
      before.some(({ lot_id }) => lot_id?.name === name && taken.has(lot_id.id))
    return { ...one, quantity, serials: one.serials.filter((name) => !isKept(name)) }
  })
  const lots = await chooseLots(
    odoo,
    open.filter(({ quantity }) => quantity.gt(0)),
  )
  const fresh = open
    .filter(({ quantity }) => quantity.gt(0))
    .flatMap((one, index) => splitByLot(one, lots[index] ?? null))
  return addUp([...kept, ...fresh])
}

function splitByLot(goods: HeldGoods, lots: readonly LotQuantity[] | null): PlannedScrap[] {
  if (lots === null) return [toPlanned(goods, null, goods.quantity)]
  return lots.map(({ lotId, quantity }) => toPlanned(goods, lotId, quantity))
}

function toPlanned({ held, fromId }: HeldGoods, lotId: number | null, quantity: Big): PlannedScrap {
  const { productId, productName } = held
  return { productId, productName, fromId, lotId, quantity }
}

function nameOf({ productId, lotId, fromId }: PlannedScrap): string {
  return `scrap-${fromId}-${productId}${lotId === null ? '' : `-${lotId}`}`
}

/** Lines of one product are one record. */
function addUp(all: readonly PlannedScrap[]): PlannedScrap[] {
  const names = [...new Set(all.map(nameOf))]
  return names.flatMap((name) => {
    const same = all.filter((one) => nameOf(one) === name)
    const [first] = same
    const quantity = same.reduce((total, one) => total.plus(one.quantity), new Big(0))
    return first === undefined ? [] : [{ ...first, quantity }]
  })
}

const lock = new KeyedLock()

/** With the records that an earlier attempt may still be at work on. */
type Try = Step & { readonly earlier: ReadonlySet<number> }

function scrapOnce(opened: Opened, planned: PlannedScrap, step: Try): Promise<string> {
  const { odoo, caseNo } = opened
  const key = externalId(odoo.config, caseNo, 'disposition', step.dispositionId, nameOf(planned))
  const { url, database } = odoo.config
  return lock.run(`${url} ${database} ${key}`, () => scrapKeyed(opened, planned, { ...step, key }))
}

async function scrapKeyed(
  { odoo, places, caseNo }: Opened,
  planned: PlannedScrap,
  { dispositionId, earlier, key }: Try & { readonly key: string },
): Promise<string> {
  const { productId, productName, fromId, lotId, quantity } = planned
  const id = await getOrCreate(odoo, 'stock.scrap', {
    key,
    values: {
      'product_id/.id': productId,
      scrap_qty: quantity.toFixed(),
      'location_id/.id': fromId,
      'lot_id/.id': lotId,
      origin: transferOrigin(caseNo, dispositionId),
      ...(places.scrap === undefined ? {} : { 'scrap_location_id/.id': places.scrap }),
    },
  })
  const [before] = await odoo.read('stock.scrap', [id], row)
  if (before?.state === 'done') return before.name ?? ''
  if (earlier.has(id)) waitForEarlier(before?.write_date ?? null, odoo.now)
  await odoo.act('stock.scrap', 'action_validate', { ids: [id] })
  const [after] = await odoo.read('stock.scrap', [id], row)
  if (after?.state === 'done') return after.name ?? ''
  const reason = `there is not enough of ${productName} where the returned goods should be`
  throw refusal('insufficientStock', reason)
}

/** Odoo ends a call after two minutes at the latest, by its default. */
const settledAfterMs = 120_000

/** A validation whose answer was lost may still be under way: another one would scrap the goods again. */
function waitForEarlier(writtenAt: string | null, now: Date): void {
  const age = writtenAt === null ? settledAfterMs : now.getTime() - Date.parse(writtenAt)
  if (age >= settledAfterMs) return
  throw new RetryableError({
    code: odooCodes.locked,
    reason: 'an earlier attempt to scrap the goods may still be under way',
    retryAfterMs: settledAfterMs - Math.max(0, age),
  })
}
