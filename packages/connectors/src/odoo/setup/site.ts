import { DeliveryError, type DiagnoseContext, TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { odooCodes } from '../client/failures.ts'
import { type Line, Odoo } from '../client/odoo.ts'
import { ids, many2one, text } from '../client/values.ts'
import type { Config } from '../config.ts'
import { type Warehouse, warehouseRow } from './warehouse.ts'

/** The user whose key the connection has. */
const userRow = z.object({
  id: z.int(),
  name: z.string(),
  login: z.string(),
  company_id: many2one,
  company_ids: ids,
  lang: text,
  tz: text,
})
type OwnUser = z.output<typeof userRow>

/** A database that is to be set up, or has been: who looks at it, and for which warehouses. */
export interface Site {
  readonly connectionId: string
  readonly config: Config
  /** As the user of the connection. */
  readonly own: Odoo
  /** As an administrator; null without a key of one. */
  readonly admin: Odoo | null
  /** Whoever sees more: both see warehouses, locations and operation types. */
  readonly reader: Odoo
  readonly webhooks: DiagnoseContext<Config>['webhooks']
  readonly user: OwnUser
  /** Companies that the connection is for. */
  readonly companies: readonly number[]
  /** Theirs, in the order in which they were made. */
  readonly warehouses: readonly Warehouse[]
}

/** @throws {DeliveryError} when the server cannot be reached, or refuses one of the keys. */
export async function openSite(context: DiagnoseContext<Config>): Promise<Site> {
  const { connectionId, config, webhooks, fetch, signal, now } = context
  const own = await Odoo.open({ config, fetch, signal, now })
  const user = await ownUser(own)
  const asAdmin = adminConfig(context)
  const admin = asAdmin === null ? null : await openAdmin({ config: asAdmin, fetch, signal, now })
  const reader = admin ?? own
  const companies = companiesOf(config, user)
  const warehouses = await reader.search('stock.warehouse', {
    domain: [['company_id', 'in', companies]],
    row: warehouseRow,
    order: 'id',
  })
  return { connectionId, config, own, admin, reader, webhooks, user, companies, warehouses }
}

/** Where nobody says otherwise, an administrator is called as Odoo calls its first one. */
function adminConfig({ config, adminKey, adminLogin }: DiagnoseContext<Config>): Config | null {
  if (adminKey === null) return null
  const { nextKey: _ofTheUser, ...rest } = config
  return { ...rest, login: adminLogin ?? 'admin', key: adminKey }
}

/** It is said of which of the two keys it is when one is refused. */
async function openAdmin(line: Line): Promise<Odoo> {
  const admin = await Odoo.open(line)
  await admin.ask('res.users', 'context_get').catch((error: unknown) => {
    if (!(error instanceof DeliveryError) || error.code !== 'AUTH_REJECTED') throw error
    const reason = `Odoo refuses the administrator's key, for ${line.config.login}`
    throw new TerminalError({ code: 'AUTH_REJECTED', reason, cause: error })
  })
  return admin
}

const userContext = z.object({ uid: z.int() })

export async function ownUser(own: Odoo): Promise<OwnUser> {
  const context = userContext.safeParse(await own.ask('res.users', 'context_get'))
  const [user] = context.success ? await own.read('res.users', [context.data.uid], userRow) : []
  if (user !== undefined) return user
  throw new TerminalError({ code: odooCodes.forbidden, reason: 'the user cannot see itself' })
}

function companiesOf({ companies }: Config, { company_id }: OwnUser): number[] {
  const named = [...new Set(Object.values(companies))]
  if (named.length > 0) return named
  return company_id === null ? [] : [company_id.id]
}
