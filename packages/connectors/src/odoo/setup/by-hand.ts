import { z } from 'zod'
import { date } from '../client/values.ts'
import { modelsThere } from './models.ts'
import { byHand, type Part, present } from './part.ts'
import type { Site } from './site.ts'

/** What the set-up does not touch: it is a matter of how the company works. */

/** By version; those that a database does not have are left out. */
const confirmations = {
  stock_move_email_validation: 'an e-mail',
  stock_move_sms_validation: 'an SMS',
  stock_text_confirmation: 'an SMS or WhatsApp message',
} as const

export const confirmationsPart: Part = {
  key: 'confirmations',
  title: 'Messages to customers about deliveries',
  async look(site) {
    const fields = Object.keys(confirmations) as (keyof typeof confirmations)[]
    const row = await companyRow(site, fields, z.boolean())
    const on = fields.filter((field) => row.some((company) => company[field] === true))
    if (on.length === 0) return present('None are sent.')
    const kinds = on.map((field) => confirmations[field]).join(' and ')
    return present(
      `A customer gets ${kinds} for each delivery that a person validates. The hub validates without SMS; e-mails go out for replacements and goods that are sent back.`,
    )
  },
}

const lockFields = [
  'fiscalyear_lock_date',
  'tax_lock_date',
  'sale_lock_date',
  'purchase_lock_date',
  'hard_lock_date',
] as const

export const lockDatesPart: Part = {
  key: 'lock-dates',
  title: 'Lock dates',
  async look(site) {
    const there = await modelsThere(site.own, ['account.move'])
    if (!there.has('account.move')) return present('Without accounting there are none.')
    const companies = await companyRow(site, lockFields, date)
    const set = lockFields.flatMap((field) => {
      const last = companies
        .map((company) => company[field] ?? '')
        .toSorted()
        .at(-1)
      return last === undefined || last === '' ? [] : [`${field} ${last}`]
    })
    if (set.length === 0) return present('None is set.')
    return present(
      `${set.join(', ')}. A credit note that falls into a locked period is posted on the next open day, with its own date of invoice.`,
    )
  },
}

export const accountingPart: Part = {
  key: 'accounting',
  title: 'Journals of refunds and products of deductions',
  look: async ({ config }) => {
    const open = [
      ...(Object.keys(config.refundJournals).length === 0
        ? ['which journal pays a refund (refundJournals)']
        : []),
      ...(Object.keys(config.feeProducts).length === 0
        ? ['which product stands for a deduction (feeProducts)']
        : []),
    ]
    if (open.length === 0) return present('Set in the connection.')
    return byHand(`Have accounting decide ${open.join(' and ')}, and set it in the connection.`)
  },
}

/** The fields of the companies' records, as far as the version has them. */
async function companyRow<Field extends string, Value extends z.ZodType>(
  { own, companies }: Site,
  fields: readonly Field[],
  value: Value,
): Promise<Partial<Record<Field, z.output<Value>>>[]> {
  const known = await own.fieldsOf('res.company', fields)
  if (known.size === 0) return []
  const shape = Object.fromEntries([...known].map((field) => [field, value]))
  const rows = await own.read('res.company', companies, z.object({ id: z.int(), ...shape }))
  return rows as Partial<Record<Field, z.output<Value>>>[]
}
