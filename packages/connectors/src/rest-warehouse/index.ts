import { defineConnector } from '@backhaul/sdk/connector'
import { check } from './check.ts'
import { config } from './config.ts'
import { cancelReceipt, expectReceipt, requestInspection, sendBack } from './deliveries.ts'
import { eventPoll, eventsTopic, eventWebhook } from './events.ts'

/**
 * Any warehouse that follows the contract which we publish: `openapi.json` beside this file,
 * docs/how-to/connect-a-warehouse.md for its vendor.
 *
 * In:  webhook `events`, signed by Standard Webhooks, and a poll of the same events.
 * Out: what to expect and not to expect any more, inspections, goods to send back.
 */
export default defineConnector({
  key: 'rest-warehouse',
  title: 'Warehouse, by our REST contract',
  sdkVersion: 1,
  config,
  roles: ['wms'],
  limits: { timeoutMs: 30_000 },
  webhooks: { [eventsTopic]: eventWebhook },
  delivers: {
    'receipt.expect': expectReceipt,
    'receipt.cancel': cancelReceipt,
    'inspection.request': requestInspection,
    'goods.send_back': sendBack,
  },
  polls: { [eventsTopic]: eventPoll },
  check,
})
