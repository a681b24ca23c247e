import { nameOf } from '../orm/display-name.ts'
import { char, field, many2one } from '../orm/fields.ts'
import { type ModelDefinition, Registry } from '../orm/model.ts'
import { accountMove } from './account/account-move.ts'
import { accountMoveLine } from './account/account-move-line.ts'
import { accountingBasics } from './account/accounting-basics.ts'
import { invoiceWizard } from './account/invoice-orders.ts'
import { payments } from './account/payments.ts'
import { moveReversal } from './account/reversal.ts'
import { irAttachment } from './attachments.ts'
import { withInertFields } from './inert-fields.ts'
import { mailActivity, mailMessage, messageSubtype } from './messages.ts'
import { parties } from './parties.ts'
import { products } from './products.ts'
import { purchases } from './purchase.ts'
import { repairOrder, repairTags } from './repair.ts'
import { saleLine } from './sale/sale-line.ts'
import { saleOrder } from './sale/sale-order.ts'
import { deliveryWizards } from './stock/delivery-wizards.ts'
import { returnWizard, returnWizardLine } from './stock/return-wizard.ts'
import { scrapReason, stockScrap } from './stock/scrap.ts'
import { stockMove } from './stock/stock-move.ts'
import { stockMoveLine } from './stock/stock-move-line.ts'
import { stockPicking } from './stock/stock-picking.ts'
import { stockPlaces } from './stock/stock-places.ts'
import { technical } from './technical.ts'

/** Every model, in the order in which their records can be told of. */
const allModels: readonly ModelDefinition[] = [
  ...technical,
  ...parties,
  ...products,
  ...accountingBasics,
  ...stockPlaces,
  saleOrder,
  saleLine,
  ...purchases,
  stockPicking,
  stockMove,
  stockMoveLine,
  ...deliveryWizards,
  returnWizard,
  returnWizardLine,
  scrapReason,
  stockScrap,
  repairOrder,
  repairTags,
  accountMove,
  accountMoveLine,
  ...payments,
  moveReversal,
  invoiceWizard,
  mailMessage,
  messageSubtype,
  mailActivity,
  irAttachment,
]

/** The fields that every model has. */
const commonFields = {
  id: field('integer', 'ID'),
  create_uid: many2one('res.users', 'Created by'),
  create_date: field('datetime', 'Created on'),
  write_uid: many2one('res.users', 'Last Updated by'),
  write_date: field('datetime', 'Last Updated on'),
} as const

/** All models, with the fields that every one of them has. */
export function makeRegistry(): Registry {
  const registry = new Registry()
  for (const model of allModels) {
    const display_name = char('Display Name', {
      compute: (env, row) => nameOf(env, model.name, row.id),
    })
    const fields = { ...commonFields, ...model.fields, display_name }
    registry.add(withInertFields({ ...model, fields }))
  }
  return registry
}
