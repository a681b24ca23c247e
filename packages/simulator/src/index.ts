/** The neighborhood of a returns hub, as doubles that speak over HTTP on the loopback address. */

export * from './double/index.ts'
export {
  type FaultyProxy,
  type FaultyProxyOptions,
  type ProxiedRequest,
  type ProxyFault,
  startFaultyProxy,
} from './faulty-proxy.ts'
export type { Fault, FaultRule, WebhookRule } from './odoo/faults/faults.ts'
export { type OdooDouble, type OdooOptions, startOdoo } from './odoo/odoo-double.ts'
export {
  type RecordedRequest,
  type RecordingSink,
  startRecordingSink,
  type UsualReply,
} from './recording-sink.ts'
export type { FaultMoment, Reply } from './reply.ts'
