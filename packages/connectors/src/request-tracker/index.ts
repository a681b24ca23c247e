import { defineConnector } from '@backhaul/sdk/connector'
import { changes } from './changes.ts'
import { check } from './check.ts'
import { config } from './config.ts'
import { updateTicket } from './update-ticket.ts'
import { ticketChanged } from './webhook.ts'

/**
 * Request Tracker 5, over REST2.
 *
 * In:  tickets in which an agent asks for something, by a poll over what was updated lately; a scrip of ours, signed
 *      with HMAC-SHA256, only hints at them.
 * Out: `ticket.update`, as custom fields, a status and a comment.
 * Source: RT 5.0.3 of Debian 12, every call tried 2026-11-23.
 */
export default defineConnector({
  key: 'request-tracker',
  title: 'Request Tracker',
  sdkVersion: 1,
  config,
  roles: ['helpdesk'],
  limits: { timeoutMs: 60_000, concurrency: 4 },
  webhooks: { 'ticket.changed': ticketChanged },
  polls: { changes },
  delivers: { 'ticket.update': updateTicket },
  check,
})
