import type { Connector } from '@backhaul/sdk/connector'
import webhook from './webhook/index.ts'

/** Every connector that comes with the hub. */
export const connectors: readonly Connector[] = [webhook]
