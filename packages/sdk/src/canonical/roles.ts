import type { Axis } from './axes.ts'

/** The parts that a system can play around a return. Commands are owed to a role, never to a system. */
export const systemRoles = [
  'hub',
  'erp',
  'helpdesk',
  'crm',
  'channel',
  'carrier',
  'wms',
  'finance',
  'payments',
  'notify',
  'supplier',
  'analytics',
] as const
export type SystemRole = (typeof systemRoles)[number]

/**
 * Which roles own an axis when a site has said nothing else. A statement about an axis from a source
 * with none of these roles is a claim: it is kept and shown, and it moves nothing.
 */
export const defaultAuthority = {
  authorization: ['hub', 'erp'],
  transport: ['carrier', 'hub'],
  receipt: ['wms', 'erp'],
  inspection: ['wms'],
  disposition: ['wms', 'erp'],
  settlement: ['erp', 'finance', 'payments'],
  fulfillment: ['erp'],
  supplierRecovery: ['erp', 'finance', 'supplier'],
} as const satisfies Record<Axis, readonly SystemRole[]>

/** The rights profiles of people and machines that call the hub. */
export const userRoles = [
  'admin',
  'integrator',
  'agent',
  'warehouse',
  'finance',
  'auditor',
  'machine',
] as const
export type UserRole = (typeof userRoles)[number]

/** What the systems may write, per kind of object (who is master, who writes, who mirrors). */
export const objectMasters = {
  ticket: { master: 'helpdesk', writers: ['helpdesk'] },
  request: { master: 'channel', writers: ['channel', 'hub'] },
  authorization: { master: 'erp', writers: ['hub'] },
  order: { master: 'erp', writers: [] },
  label: { master: 'carrier', writers: ['carrier', 'hub'] },
  receipt: { master: 'wms', writers: ['wms'] },
  inspection: { master: 'wms', writers: ['wms'] },
  stockMove: { master: 'erp', writers: ['hub'] },
  creditNote: { master: 'erp', writers: ['hub', 'finance'] },
  payout: { master: 'payments', writers: ['payments', 'finance', 'channel'] },
  timeline: { master: 'hub', writers: ['hub'] },
} as const satisfies Record<string, { master: SystemRole; writers: readonly SystemRole[] }>
