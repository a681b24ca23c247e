import type { PresenceDefinition } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'
import { QuickBooks } from './quickbooks.ts'
import { quoted } from './references.ts'

const entities: Readonly<Record<string, string>> = {
  credit_memo: 'CreditMemo',
  refund_receipt: 'RefundReceipt',
}
const row = z.looseObject({ Id: z.string() })

/** What people delete, QuickBooks tells by its id alone. */
export const presence: PresenceDefinition<Config> = {
  types: Object.keys(entities),
  async missing(question) {
    const entity = entities[question.type]
    if (entity === undefined || question.values.length === 0) return []
    const where = `Id in (${question.values.map((one) => quoted(one)).join(', ')}) maxresults 1000`
    const found = await new QuickBooks(question).query(entity, where, row)
    const there = new Set(found.map(({ Id }) => Id))
    return question.values.filter((one) => !there.has(one))
  },
}
