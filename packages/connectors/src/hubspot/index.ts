import { defineConnector } from '@backhaul/sdk/connector'
import { changes } from './changes.ts'
import { check } from './check.ts'
import { config } from './config.ts'
import { setup } from './setup.ts'
import { updateTicket } from './update-ticket.ts'
import { ticketsChanged } from './webhook.ts'

/**
 * Tickets of HubSpot, over its API of dated versions.
 *
 * In:  tickets in which an agent asks for something, by a poll that searches for what was changed lately; webhooks,
 *      signed by version 3 of HubSpot's scheme, only hint at them.
 * Out: `ticket.update`, as properties, a stage and a note.
 * Source: developers.hubspot.com, version 2026-03, read 2026-11-23.
 */
export default defineConnector({
  key: 'hubspot',
  title: 'HubSpot',
  sdkVersion: 1,
  config,
  roles: ['helpdesk'],
  // 100 in ten seconds are allowed to the smallest accounts, to all apps together.
  limits: { timeoutMs: 30_000, requestsPerMinute: 540, concurrency: 4 },
  webhooks: { 'ticket.changed': ticketsChanged },
  polls: { changes },
  delivers: { 'ticket.update': updateTicket },
  setup,
  check,
})
