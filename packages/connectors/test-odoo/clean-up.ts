import { z } from 'zod'
import type { Domain, Odoo } from '../src/odoo/client/odoo.ts'
import { text } from '../src/odoo/client/values.ts'
import { parseReference } from '../src/odoo/references.ts'
import { given, type Undo } from './fixtures.ts'

/** What a run leaves behind and can take back, by model. */
interface Sweep {
  readonly model: string
  /** The field that names the return, or the record itself. */
  readonly field: string
  readonly domain: Domain
  readonly method: string
  readonly named?: Readonly<Record<string, unknown>>
}

const open: Domain = [['state', 'not in', ['done', 'cancel']]]
const archive = { vals: { active: false } }

const sweeps: readonly Sweep[] = [
  {
    model: 'account.move',
    field: 'ref',
    domain: [['state', '=', 'draft']],
    method: 'button_cancel',
  },
  { model: 'stock.picking', field: 'origin', domain: open, method: 'action_cancel' },
  {
    model: 'sale.order',
    field: 'client_order_ref',
    domain: [['state', '=', 'draft']],
    method: 'action_cancel',
  },
  { model: 'product.product', field: 'default_code', domain: [], method: 'write', named: archive },
  { model: 'res.partner', field: 'name', domain: [], method: 'write', named: archive },
]

/**
 * Takes back what the scenarios of this process have made, as far as Odoo lets: drafts and open transfers are
 * canceled, products and partners archived, places that were set up for it archived. Posted entries and done
 * transfers stay: nobody can delete them.
 *
 * @returns what stays, as sentences.
 */
export async function cleanUp(admin: Odoo, undos: readonly Undo[]): Promise<readonly string[]> {
  const stays: string[] = ['posted entries, done transfers and confirmed orders stay']
  for (const sweep of sweeps) {
    const left = await sweepUp(admin, sweep)
    if (left > 0) stays.push(`${left} of ${sweep.model} could not be taken back`)
  }
  for (const { what, undo } of undos.toReversed()) {
    await undo().catch(() => stays.push(`${what} stays: it is in use`))
  }
  return stays
}

/** Nothing of this process is older. */
const startMs = Date.now()
const clockSkewMs = 300_000

/** One by one: what Odoo refuses for one shall not keep the others. */
async function sweepUp(admin: Odoo, { model, field, domain, method, named }: Sweep) {
  const row = z.object({ id: z.int(), [field]: text })
  const since = new Date(startMs - clockSkewMs).toISOString().slice(0, 19).replace('T', ' ')
  const found = await admin.search(model, {
    domain: [['create_date', '>=', since], ...domain],
    row,
  })
  const ours = found.filter((one) => isOurs(String(one[field] ?? '')))
  let left = 0
  for (const { id } of ours) {
    await admin
      .act(model, method, { ids: [z.int().parse(id)], ...(named === undefined ? {} : { named }) })
      .catch(() => {
        left += 1
      })
  }
  return left
}

function isOurs(name: string): boolean {
  return given.names.has(name) || given.caseNos.has(parseReference(name)?.caseNo ?? '')
}
