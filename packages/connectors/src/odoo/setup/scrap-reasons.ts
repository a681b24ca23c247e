import { z } from 'zod'
import { getOrCreate } from '../client/get-or-create.ts'
import type { Odoo } from '../client/odoo.ts'
import { modelsThere } from './models.ts'
import { findOurs, plainName, setupKey } from './ours.ts'
import { differs, type Look, missing, type Part, present, type Workplace } from './part.ts'
import type { Site } from './site.ts'
import { countOf } from './use.ts'

const model = 'stock.scrap.reason.tag'
const tagRow = z.object({ id: z.int(), name: z.string() })

/** Why goods are scrapped, as reports of Odoo group by it. */
const scrapReasons = ['Damaged in transit', 'Defective', 'Expired', 'Not resellable'] as const

export const scrapReasonsPart: Part = {
  key: 'scrap-reasons',
  title: 'Reasons for scrapping',
  look,
  async make({ site, admin }) {
    if (!(await modelsThere(admin, [model])).has(model)) return
    const known = await names(admin)
    for (const name of scrapReasons.filter((one) => !known.includes(one))) {
      await getOrCreate(admin, model, { key: keyOf(site, name), values: { name } })
    }
  },
  takeBack,
}

function keyOf({ config }: Pick<Site, 'config'>, name: string): string {
  return setupKey(config, nameOf(name))
}

function nameOf(name: string): string {
  return `scrap_${plainName(name.toLowerCase())}`
}

/** In English, as they are made: a name can be there once. */
async function names(odoo: Odoo): Promise<string[]> {
  const context = { lang: 'en_US' }
  const tags = await odoo.search(model, { domain: [], row: tagRow, context })
  return tags.map(({ name }) => name)
}

async function look({ reader }: Site): Promise<Look> {
  if (!(await modelsThere(reader, [model])).has(model)) {
    return present('This version has none.')
  }
  const known = await names(reader)
  const lacking = scrapReasons.filter((name) => !known.includes(name))
  const words = `${(lacking.length === 0 ? scrapReasons : lacking).join(', ')}.`
  return lacking.length === 0 ? present(words) : missing(words)
}

async function takeBack({ site, admin }: Workplace): Promise<Look> {
  if (!(await modelsThere(admin, [model])).has(model)) return missing('This version has none.')
  const kept: string[] = []
  for (const name of scrapReasons) {
    const id = await findOurs(site, nameOf(name), { model, domain: [] })
    if (id === null) continue
    const uses = await countOf(admin, 'stock.scrap', [['scrap_reason_tag_ids', 'in', [id]]])
    if (uses > 0) kept.push(name)
    else await admin.act(model, 'unlink', { ids: [id] })
  }
  if (kept.length > 0) return differs(`In use, and stays: ${kept.join(', ')}.`)
  return missing('Those that the set-up made are deleted.')
}
