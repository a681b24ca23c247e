import { defineConnector } from '@backhaul/sdk/connector'
import { check } from './check.ts'
import { config } from './config.ts'
import { limits } from './limits.ts'
import { setup } from './setup.ts'
import { tickets } from './tickets-poll.ts'
import { ticketUpdate } from './update-ticket.ts'
import { webhooks } from './webhook.ts'

/**
 * Freshdesk.
 *
 * In:  the poll `tickets` over what changed; the webhook `ticket-changed`, unsigned, only makes it look at once.
 * Out: `ticket.update`, as fields, status and a private note on the case's ticket, which is made where there is none.
 * Source: API v2, https://developers.freshdesk.com/api, read 2026-11-23.
 */
export default defineConnector({
  key: 'freshdesk',
  title: 'Freshdesk',
  sdkVersion: 1,
  config,
  roles: ['helpdesk'],
  limits,
  webhooks,
  polls: { tickets },
  delivers: { 'ticket.update': ticketUpdate },
  setup,
  check,
})
