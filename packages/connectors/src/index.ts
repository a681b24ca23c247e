import type { Connector } from '@backhaul/sdk/connector'
import document from './document/index.ts'
import odoo from './odoo/index.ts'
import webhook from './webhook/index.ts'

export { channelsDir } from './channels.ts'

/** Every connector that comes with the hub. */
export const connectors: readonly Connector[] = [document, odoo, webhook]
