import type { Odoo } from '../client/odoo.ts'
import { mayDo, type Operation } from './models.ts'
import { byHand, type Look, type Part, present, unknown } from './part.ts'
import type { Site } from './site.ts'

/** The least that the user of the connection needs, by the group that gives it. */
interface Need {
  /** External id of the group. */
  readonly group: string
  /** As the user's form calls it. */
  readonly name: string
  /** What cannot be done without it. */
  readonly purpose: string
  /** Models of modules that are not installed are left out. */
  readonly access: Readonly<Record<string, readonly Operation[]>>
}

const readOnly = ['read'] as const
/** Groups of Odoo that may write may read. */
const readWrite = ['create', 'write'] as const

const needs: readonly Need[] = [
  {
    group: 'base.group_user',
    name: 'User types: Internal User',
    purpose: 'products and customers',
    access: {
      'res.partner': readOnly,
      'product.product': readOnly,
      'product.supplierinfo': readOnly,
      'uom.uom': readOnly,
      'res.company': readOnly,
      'mail.message': ['create'],
      'ir.attachment': ['create'],
    },
  },
  {
    group: 'stock.group_stock_user',
    name: 'Inventory: User',
    purpose: 'returns, receipts, restocking, scrap, repairs',
    access: {
      'stock.warehouse': readOnly,
      'stock.location': readOnly,
      'stock.picking.type': readOnly,
      'stock.quant': readOnly,
      'stock.picking': readWrite,
      'stock.move': readWrite,
      'stock.move.line': readWrite,
      'stock.lot': readOnly,
      'stock.return.picking': ['create'],
      'stock.scrap': readWrite,
      'repair.order': readWrite,
      'mrp.bom': readOnly,
      'mrp.bom.line': readOnly,
    },
  },
  {
    group: 'sales_team.group_sale_salesman_all_leads',
    name: 'Sales: User: All Documents',
    purpose: 'orders, and replacements',
    access: { 'sale.order': readWrite, 'sale.order.line': readWrite },
  },
  {
    group: 'account.group_account_invoice',
    name: 'Accounting: Invoicing',
    purpose: 'credit notes and refunds',
    access: {
      'account.move': readWrite,
      'account.move.line': readWrite,
      'account.payment': readWrite,
      'account.payment.register': ['create'],
      'account.journal': readOnly,
      'account.tax': readOnly,
    },
  },
  {
    group: 'purchase.group_purchase_user',
    name: 'Purchase: User',
    purpose: 'returns to vendors',
    access: { 'purchase.order': ['write'], 'purchase.order.line': readOnly },
  },
  {
    group: 'stock.group_production_lot',
    name: 'Inventory settings: Lots & Serial Numbers',
    purpose: 'serial numbers',
    access: {},
  },
]

/** Groups that nobody should have who only carries messages. */
const tooMuch = { 'base.group_system': 'Settings', 'base.group_erp_manager': 'Access Rights' }

/** What setting up takes. Whoever has it gives their key for one time. */
const adminNeeds: Readonly<Record<string, readonly Operation[]>> = {
  'stock.location': ['create', 'write', 'unlink'],
  'stock.picking.type': ['create', 'write', 'unlink'],
  'ir.config_parameter': ['create', 'write', 'unlink'],
  'ir.model.data': ['read'],
  'base.automation': ['create', 'write', 'unlink'],
}

export const adminPart: Part = {
  key: 'administrator',
  title: "Administrator's key",
  async look({ admin }) {
    if (admin === null) {
      return unknown('None was given. It is needed to apply, and for a look at automation rules.')
    }
    const lacking = await lackingOf(admin, adminNeeds)
    if (lacking.length === 0) return present('It may make what is missing.')
    return byHand(
      `Its user may not: ${lacking.join(', ')}. Take one with the groups "Settings" (base.group_system) and "Inventory: Administrator" (stock.group_stock_manager).`,
    )
  },
}

export const rightsPart: Part = {
  key: 'rights',
  title: 'Rights of the user',
  look: lookAtRights,
}

async function lookAtRights({ own, user }: Site): Promise<Look> {
  const lacking: string[] = []
  for (const need of needs) {
    const operations = await lackingOf(own, need.access)
    const isMember = Object.keys(need.access).length > 0 || (await isIn(own, user.id, need.group))
    if (operations.length > 0 || !isMember) {
      const which = operations.length > 0 ? ` (${operations.join(', ')})` : ''
      lacking.push(`"${need.name}" [${need.group}] for ${need.purpose}${which}`)
    }
  }
  if (lacking.length > 0) {
    return byHand(`Give ${user.login} in Settings > Users: ${lacking.join('; ')}.`)
  }
  const groups = needs.map(({ name, group }) => `"${name}" [${group}]`)
  return present(`${user.login} has what is needed, at least: ${groups.join(', ')}.`)
}

/** Names of groups that give the user more than it needs. */
export async function needlessGroups({ own, user }: Site): Promise<string[]> {
  const has = await Promise.all(
    Object.entries(tooMuch).map(async ([group, name]) =>
      (await isIn(own, user.id, group)) ? [`"${name}" [${group}]`] : [],
    ),
  )
  return has.flat()
}

/** Until 17 `has_group` is a method of the model, and means whoever calls. */
async function isIn(own: Odoo, userId: number, group: string): Promise<boolean> {
  const answer = await own.ask('res.users', 'has_group', {
    ...(own.server.version >= 18 ? { ids: [userId] } : {}),
    named: { group_ext_id: group },
  })
  return answer === true
}

/** What a user may not do, in words; a model that is not there is nobody's to use. */
async function lackingOf(
  odoo: Odoo,
  access: Readonly<Record<string, readonly Operation[]>>,
): Promise<string[]> {
  const lacking = await Promise.all(
    Object.entries(access).map(async ([model, operations]) => {
      const may = await Promise.all(operations.map((operation) => mayDo(odoo, model, operation)))
      const not = operations.filter((_, index) => may[index] === false)
      return not.length > 0 ? [`${not.join('/')} ${model}`] : []
    }),
  )
  return lacking.flat()
}
