import { defineConnector } from '@backhaul/sdk/connector'
import { changes, presence, webhooks } from './changes/index.ts'
import { config } from './config.ts'
import { feeds } from './feeds/feeds.ts'
import { linkOf } from './link-of.ts'
import { draftCredit, issueRefund, postCredit } from './money/index.ts'
import { recordNote } from './notes/index.ts'
import { lookUpOrder } from './orders/look-up.ts'
import { orderReplacement } from './sales/index.ts'
import { check } from './setup/check.ts'
import { diagnose } from './setup/diagnose.ts'
import { setup } from './setup/plan.ts'
import {
  cancelReturn,
  closeReceiptShort,
  executeDisposition,
  expectReceipt,
  orderRepair,
  recordReceipt,
  recordReturn,
  reverseReceipt,
  sendBackGoods,
  submitSupplierClaim,
} from './stock/index.ts'

/**
 * Odoo 17, 18 and 19, Community and Enterprise, with no module installed there.
 *
 * In:  changes that people make in Odoo, by polls over what was written lately; webhooks only hint at them. Products,
 *      parties, warehouses and vendors.
 * Out: what is owed to the system of record, and, where Odoo plays these parts too, to the warehouse, to payments
 *      and to suppliers.
 */
export default defineConnector({
  key: 'odoo',
  title: 'Odoo',
  sdkVersion: 1,
  config,
  roles: ['erp', 'wms', 'payments', 'finance', 'supplier'],
  // A step is several calls, each a transaction of Odoo's.
  limits: { timeoutMs: 60_000 },
  looksUp: { order: lookUpOrder },
  delivers: {
    'return.record': recordReturn,
    'return.cancel': cancelReturn,
    'receipt.expect': expectReceipt,
    'receipt.record': recordReceipt,
    'receipt.reverse': reverseReceipt,
    'receipt.close_short': closeReceiptShort,
    'disposition.execute': executeDisposition,
    'credit.draft': draftCredit,
    'credit.post': postCredit,
    'refund.issue': issueRefund,
    'replacement.order': orderReplacement,
    'repair.order': orderRepair,
    'goods.send_back': sendBackGoods,
    'supplier_claim.submit': submitSupplierClaim,
    'note.record': recordNote,
  },
  webhooks,
  polls: { changes },
  presence,
  feeds,
  setup,
  diagnose,
  linkOf,
  check,
})
