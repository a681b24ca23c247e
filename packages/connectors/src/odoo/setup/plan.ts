import {
  type SetupContext,
  type SetupDefinition,
  type SetupPlan,
  type SetupStep,
  TerminalError,
} from '@backhaul/sdk/connector'
import type { Config, WarehousePlaces } from '../config.ts'
import { accountingPart, confirmationsPart, lockDatesPart } from './by-hand.ts'
import { keyPart } from './credentials.ts'
import { findLocation, locationPart } from './locations.ts'
import { modulesPart } from './modules.ts'
import {
  findReturnsType,
  internalTransfersPart,
  returnsOfDeliveriesPart,
  returnsTypePart,
} from './operation-types.ts'
import { byHand, differs, type Look, type Part, present, type Workplace } from './part.ts'
import { adminPart, rightsPart } from './rights.ts'
import { rulesPart } from './rules.ts'
import { scrapReasonsPart } from './scrap-reasons.ts'
import { openSite, type Site } from './site.ts'
import { configuredPlaces, type Warehouse } from './warehouse.ts'

/**
 * Prepares a database for returns. What it makes carries external ids of ours (`backhaul.setup_…`), by which a
 * repeat finds it and `remove` knows it; what it changes, it remembers as a system parameter.
 */
export const setup: SetupDefinition<Config> = {
  async plan(context) {
    const site = await openSite(context)
    const steps: SetupStep[] = []
    for (const part of partsOf(site)) steps.push(stepOf(part, await part.look(site)))
    return { steps, settings: await settingsOf(site) }
  },

  async apply(context, onStep) {
    const place = await workplaceOf(context)
    const steps: SetupStep[] = []
    for (const part of partsOf(place.site)) {
      const step = stepOf(part, await applied(part, place))
      onStep(step)
      steps.push(step)
    }
    return { steps, settings: await settingsOf(place.site) }
  },

  async remove(context, onStep) {
    const place = await workplaceOf(context)
    const steps: SetupStep[] = []
    // Whatever the connection is configured with: ours is what the set-up has made.
    const ours = { ...place, site: unconfigured(place.site) }
    for (const part of partsOf(place.site).toReversed()) {
      if (part.takeBack === undefined) continue
      const step = stepOf(part, await takenBack(part, ours))
      onStep(step)
      steps.push(step)
    }
    return { steps, settings: await settingsOf(place.site) }
  },
}

function unconfigured(site: Site): Site {
  return { ...site, config: { ...site.config, warehouses: {} } }
}

function stepOf({ key, title }: Part, look: Look): SetupStep {
  return { key, title, ...look }
}

/** In the order in which they need each other: a type leads to a location, a rule names a type. */
export function partsOf(site: Site): Part[] {
  return [
    serverPart,
    adminPart,
    rightsPart,
    keyPart,
    modulesPart,
    ...site.warehouses.flatMap((warehouse) => [
      locationPart(warehouse, 'quarantine'),
      locationPart(warehouse, 'repair'),
      locationPart(warehouse, 'vendor'),
      returnsTypePart(warehouse),
      returnsOfDeliveriesPart(warehouse),
      internalTransfersPart(warehouse),
    ]),
    scrapReasonsPart,
    rulesPart,
    confirmationsPart,
    lockDatesPart,
    accountingPart,
  ]
}

const serverPart: Part = {
  key: 'server',
  title: 'Server',
  async look({ own, user, companies, warehouses }) {
    const strange = companies.filter((id) => !user.company_ids.includes(id))
    const way = own.transport === 'json2' ? 'JSON-2' : 'JSON-RPC'
    const { database } = own.config
    const where = `Odoo ${own.server.name} over ${way}, database ${database}, as ${user.login}`
    if (strange.length > 0) {
      return byHand(`${where}. Give the user the companies with the ids ${strange.join(', ')}.`)
    }
    if (warehouses.length === 0) return byHand(`${where}. The company has no warehouse: make one.`)
    return present(`${where}.`)
  },
}

/** @throws {TerminalError} AUTH_REJECTED without an administrator's key. */
async function workplaceOf(context: SetupContext<Config>): Promise<Workplace> {
  const site = await openSite(context)
  const { admin } = site
  if (admin !== null) return { site, admin, webhooks: context.webhooks }
  const reason = "setting up needs an administrator's API key"
  throw new TerminalError({ code: 'AUTH_REJECTED', reason })
}

/** What Odoo refuses of one part does not keep the others from being made. */
async function applied(part: Part, place: Workplace): Promise<Look> {
  const before = await part.look(place.site)
  if (part.make === undefined || !['missing', 'differs'].includes(before.state)) return before
  const refusal = await refusalOf(() => part.make?.(place))
  if (refusal !== null) return { ...before, detail: refusal }
  const after = await part.look(place.site)
  if (after.state !== 'present') return after
  const done = before.state === 'missing' ? 'Made' : 'Mended'
  return { ...after, detail: `${done}: ${after.detail}` }
}

async function takenBack(part: Part, place: Workplace): Promise<Look> {
  let after: Look | undefined
  const refusal = await refusalOf(async () => {
    after = await part.takeBack?.(place)
  })
  return refusal === null && after !== undefined ? after : differs(refusal ?? '')
}

/** Odoo's sentence where it says no; null where it does not. */
async function refusalOf(work: () => Promise<void> | undefined): Promise<string | null> {
  try {
    await work()
    return null
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error
    return `Odoo refuses it: ${error.reason ?? error.code}`
  }
}

/** What the connection should be configured with: the places of each warehouse that is ready. */
async function settingsOf(site: Site): Promise<NonNullable<SetupPlan['settings']>> {
  const warehouses: Record<string, WarehousePlaces> = { ...site.config.warehouses }
  for (const warehouse of site.warehouses) {
    const name = nameFor(site, warehouse)
    const places = await placesFor(site, warehouse)
    if (places === null) delete warehouses[name]
    else warehouses[name] = { ...warehouses[name], ...places }
  }
  return { warehouses }
}

/** The hub's name of a warehouse is kept. A single one stands for all that the hub knows. */
function nameFor({ config, warehouses }: Site, warehouse: Warehouse): string {
  const known = configuredPlaces(config, warehouse)
  if (known !== null) return known.name
  const isOnly = warehouses.length === 1 && Object.keys(config.warehouses).length === 0
  return isOnly ? '*' : warehouse.code
}

export async function placesFor(site: Site, warehouse: Warehouse): Promise<WarehousePlaces | null> {
  const returns = await findReturnsType(site, warehouse)
  const quarantine = await findLocation(site, warehouse, 'quarantine')
  if (returns?.type.active !== true || quarantine?.location.active !== true) return null
  const repair = await findLocation(site, warehouse, 'repair')
  const vendor = await findLocation(site, warehouse, 'vendor')
  return {
    ...(site.companies.length > 1 ? { company: warehouse.company_id.id } : {}),
    returnsType: returns.id,
    quarantine: quarantine.id,
    stock: warehouse.lot_stock_id.id,
    internalType: warehouse.int_type_id.id,
    ...(repair === null ? {} : { repair: repair.id }),
    ...(vendor === null ? {} : { vendor: vendor.id }),
  }
}
