import { defineConnector } from '@backhaul/sdk/connector'
import { check } from './check.ts'
import { config } from './config.ts'
import { limits } from './limits.ts'
import { linkOf } from './link-of.ts'
import { setup } from './setup/setup.ts'
import { tickets } from './tickets-poll.ts'
import { ticketUpdate } from './update-ticket.ts'
import { webhooks } from './webhook.ts'

/**
 * Zendesk Support.
 *
 * In:  webhook `ticket`, called by a trigger and signed with HMAC-SHA256 over time and body; the poll `tickets` over the
 *      incremental export finds what it loses.
 * Out: `ticket.update`, as fields, status and a note on the case's ticket, which is made where there is none.
 * Source: Ticketing API and Webhooks API, https://developer.zendesk.com/api-reference, read 2026-11-23.
 */
export default defineConnector({
  key: 'zendesk',
  title: 'Zendesk',
  sdkVersion: 1,
  config,
  roles: ['helpdesk'],
  limits,
  webhooks,
  polls: { tickets },
  delivers: { 'ticket.update': ticketUpdate },
  setup,
  linkOf,
  check,
})
