import type { PresenceDefinition } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { Odoo, parseAs } from '../client/odoo.ts'
import type { Config } from '../config.ts'
import { documentModels as models } from '../document-models.ts'
import { databaseIds } from '../money/database-ids.ts'

const found = z.array(z.int())

/**
 * Says which documents are gone. One that was canceled is there: the poll tells of it. A reference that is no id,
 * such as the number of a credit note, is asked about by nobody. One call.
 */
export const presence: PresenceDefinition<Config> = {
  types: Object.keys(models),
  missing: async (question) => {
    const { type, values } = question
    const model = models[type]
    const ids = [...new Set(values.flatMap((value) => databaseIds(value)))]
    if (model === undefined || ids.length === 0) return []
    const odoo = await Odoo.open(question)
    const named = { domain: [['id', 'in', ids]] }
    const context = { active_test: false }
    const answer = await odoo.ask(model, 'search', { named, context })
    const there = new Set(parseAs(found, answer, `${model}.search`))
    return values.filter((value) => databaseIds(value).some((id) => !there.has(id)))
  },
}
