import { z } from 'zod'
import { type Domain, type Odoo, parseAs } from '../client/odoo.ts'

/** How many records there are, archived ones among them. */
export async function countOf(odoo: Odoo, model: string, domain: Domain): Promise<number> {
  const context = { active_test: false }
  const count = await odoo.ask(model, 'search_count', { named: { domain }, context })
  return parseAs(z.int(), count, `${model}.search_count`)
}
