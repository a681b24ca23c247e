import type { MasterDataInput } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { reference } from '../client/nested-read.ts'
import { dateTime, text } from '../client/values.ts'
import { plain } from '../orders/plain.ts'
import { feedOf } from './feed.ts'

const row = z.object({
  id: z.int(),
  write_date: dateTime,
  active: z.boolean(),
  name: text,
  is_company: z.boolean(),
  type: text,
  parent_id: reference,
  commercial_partner_id: reference,
  email: text,
  vat: text,
  ref: text,
})
type Row = z.output<typeof row>

const addressTypes = new Set(['delivery', 'invoice', 'other'])

/** Customers with their people and addresses. Each names the account that pays: a company, or a person without one. */
export const parties = feedOf<'parties', typeof row>(async () => ({
  source: { model: 'res.partner', domain: [], row },
  belongings: [],
  itemsOf: (rows) => rows.map(partyOf),
}))

function partyOf(one: Row): MasterDataInput<'parties'> {
  const { id, active, write_date, name, commercial_partner_id } = one
  const called = plain(name, 300)
  return {
    id: String(id),
    isActive: active,
    ...(write_date === null ? {} : { updatedAt: write_date }),
    ...(called === undefined ? {} : { name: called }),
    kind: kindOf(one),
    ...(commercial_partner_id === null ? {} : { commercialPartyId: String(commercial_partner_id) }),
    identifiers: identifiersOf(one),
  }
}

function kindOf({ is_company, type, parent_id }: Row): 'company' | 'person' | 'location' {
  if (is_company) return 'company'
  return parent_id !== null && addressTypes.has(type ?? '') ? 'location' : 'person'
}

function identifiersOf(one: Row): NonNullable<MasterDataInput<'parties'>['identifiers']> {
  // Odoo copies the tax number to everybody below a company: it names the company.
  const isAccount = one.commercial_partner_id === one.id
  const vat = isAccount ? plain(one.vat, 200) : undefined
  const email = emailOf(one)
  const account = plain(one.ref, 200)
  return [
    ...(account === undefined ? [] : [{ kind: 'account', value: account }]),
    ...(email === undefined ? [] : [{ kind: 'email', value: email }]),
    // A slash says that there is none.
    ...(vat === undefined || vat === '/' ? [] : [{ kind: 'vat', value: vat }]),
  ]
}

/** The field takes several, and names before them; only what is one address finds somebody. */
function emailOf({ email }: Row): string | undefined {
  const address = plain(email, 200)?.toLowerCase()
  return address !== undefined && /^[^\s@,;<>]+@[^\s@,;<>]+$/.test(address) ? address : undefined
}
