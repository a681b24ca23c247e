import type { PolledMessage } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { z } from 'zod'
import { nested, readNested, reference } from '../../client/nested-read.ts'
import type { Domain, Odoo } from '../../client/odoo.ts'
import { decimal, text } from '../../client/values.ts'
import { parseReference, type Reference } from '../../references.ts'
import { readCaseLines } from './case-lines.ts'
import { firstReference, referenceIn } from './case-number.ts'
import { messageOf } from './message.ts'

const repair = z.object({
  id: z.int(),
  name: text,
  state: z.string(),
  internal_notes: text,
  product_id: nested(z.object({ id: z.int(), default_code: text })),
  product_qty: decimal,
  lot_id: nested(z.object({ id: z.int(), name: text })),
  partner_id: reference,
  company_id: reference,
  picking_id: nested(z.object({ id: z.int(), origin: text })).optional(),
})
type Repair = z.output<typeof repair>

/** Repairs of one fulfillment: each serial number has one of its own. */
interface Job {
  readonly caseNo: string
  readonly fulfillmentId: string
  readonly repairs: readonly [Repair, ...Repair[]]
}

/** Repairs afresh; those of no return are left out. Not begun yet is no news: the hub has ordered it, or will hear. */
export async function repairMessages(odoo: Odoo, ids: readonly number[]): Promise<PolledMessage[]> {
  const rows = await readRepairs(odoo, ids)
  const siblings = await findSiblings(odoo, rows)
  const jobs = groupJobs([...rows, ...(await readRepairs(odoo, siblings))])
  const told = jobs.filter((job) => stateOf(job) !== 'open')
  const lines = await readCaseLines(
    odoo,
    told.map(({ caseNo }) => caseNo),
  )
  return told.map((job) => {
    const { caseNo, fulfillmentId, repairs } = job
    const [first] = repairs
    const product = first.product_id
    const body = {
      id: String(first.id),
      name: first.name,
      state: stateOf(job),
      caseNo,
      fulfillmentId,
      partnerId: first.partner_id === null ? null : String(first.partner_id),
      companyId: first.company_id === null ? null : String(first.company_id),
      caseLine: product === null ? null : lines.ofProduct(caseNo, product.id),
      product: product?.default_code ?? null,
      quantity: repairs.reduce((sum, one) => sum.plus(one.product_qty), new Big(0)).toFixed(),
      serials: repairs.flatMap(({ lot_id: lot }) => lot?.name ?? []),
    }
    return messageOf('repair', `repair.order:${first.id}`, body)
  })
}

async function readRepairs(odoo: Odoo, ids: readonly number[]): Promise<Repair[]> {
  if (ids.length === 0) return []
  const there = await odoo.fieldsOf('repair.order', ['picking_id'])
  const isAbsent = (path: string) => path === 'picking_id' && !there.has(path)
  return readNested(odoo, 'repair.order', { ids, row: repair, isAbsent })
}

const rowId = z.object({ id: z.int() })

async function findSiblings(odoo: Odoo, rows: readonly Repair[]): Promise<number[]> {
  const names = rows.flatMap((row) => {
    const noted = notedIn(row)
    return noted?.step ? [`${noted.caseNo}/${noted.step}`] : []
  })
  if (names.length === 0) return []
  const wanted = [...new Set(names)].map((name) => ['internal_notes', 'like', name] as const)
  const domain: Domain = [
    ['id', 'not in', rows.map(({ id }) => id)],
    ...wanted.slice(1).map(() => '|'),
    ...wanted,
  ]
  return (await odoo.search('repair.order', { domain, row: rowId })).map(({ id }) => id)
}

function groupJobs(rows: readonly Repair[]): Job[] {
  const jobs = new Map<string, Job>()
  for (const row of rows.toSorted((a, b) => a.id - b.id)) {
    const noted = notedIn(row)
    const of = noted ?? firstReference([row.picking_id?.origin])
    if (of === null) continue
    const fulfillmentId = noted?.step ?? `repair-order-${row.id}`
    const key = `${of.caseNo} ${fulfillmentId}`
    const known = jobs.get(key)
    const repairs: Job['repairs'] = known ? [...known.repairs, row] : [row]
    jobs.set(key, { caseNo: of.caseNo, fulfillmentId, repairs })
  }
  return [...jobs.values()]
}

/** Done when all are, but for those that were canceled. */
function stateOf({ repairs }: Job): 'open' | 'under_repair' | 'done' | 'cancel' {
  const live = repairs.filter(({ state }) => state !== 'cancel')
  if (live.length === 0) return 'cancel'
  if (live.every(({ state }) => state === 'done')) return 'done'
  const isBegun = live.some(({ state }) => state === 'done' || state === 'under_repair')
  return isBegun ? 'under_repair' : 'open'
}

/** Notes are HTML; our reference stands in a paragraph of its own, or among what people wrote. */
function notedIn({ internal_notes: notes }: Repair): Reference | null {
  const paragraphs = (notes ?? '').split(/<[^>]*>/).map((one) => one.trim())
  const own = paragraphs.map((one) => (/\s/.test(one) ? null : parseReference(one)))
  return own.find((one) => one !== null) ?? referenceIn(paragraphs.join(' '))
}
