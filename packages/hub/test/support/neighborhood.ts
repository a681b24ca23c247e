import { readFileSync } from 'node:fs'
import { channelsDir } from '@backhaul/connectors'
import type { SystemRole } from '@backhaul/sdk/canonical'
import { takeItem } from '../../src/cli/commands/apply.ts'
import { readChannel } from '../../src/cli/read-channel.ts'
import type { CliHub } from '../../src/cli/with-hub.ts'
import { wordDeps } from '../../src/cli/words.ts'
import { type ActivePolicies, activePolicies, compilePolicyText } from '../../src/domain/index.ts'
import { planConfig } from '../../src/pipeline/apply-config.ts'
import { filesFor } from '../../src/pipeline/channels.ts'
import { setupTarget, takeSettings } from '../../src/pipeline/connection-setup.ts'
import { systemClock } from '../../src/platform/clock.ts'
import type { Pool } from '../../src/store/database.ts'
import type { TestHub } from './hub.ts'

const by = { actor: 'operator' }

/** The rules that come with the hub. */
export function standardPolicies(): ActivePolicies {
  const path = new URL('../../policies/standard-returns.yaml', import.meta.url)
  const compiled = compilePolicyText(readFileSync(path, 'utf8'), { version: 1 })
  if (!compiled.ok) throw new Error('the rules that come with the hub do not compile')
  return activePolicies([compiled.policy])
}

/** A system beside the hub: of a channel's folder, and in which roles. */
export interface Neighbor {
  readonly channel: string
  readonly as: string
  readonly roles: readonly SystemRole[]
  /** Whether it plays them for all returns; true when left out. Of two shops each hears of its own anyway. */
  readonly isRouted?: boolean
  readonly config: Readonly<Record<string, unknown>>
  /** Lines of its documents to be changed for this site. */
  readonly edits?: Readonly<Record<string, string>>
  /** How its deliveries are tried again; as usual when left out. */
  readonly retry?: { readonly delaysSeconds: number[] }
}

/** Connects a neighbor as `backhaul channel install` and `backhaul route set` do. */
export async function connectNeighbor(hub: TestHub, neighbor: Neighbor): Promise<void> {
  await installNeighbor(deskOf(hub), neighbor)
  await hub.httpDeps.glossary.refresh()
}

/** The same in a process beside the hub's. */
export async function installNeighbor(desk: CliHub, neighbor: Neighbor): Promise<void> {
  const { channel: key, as: connectionId, roles, config, edits = {}, retry } = neighbor
  const { isRouted = true } = neighbor
  const channel = await readChannel(channelsDir, key)
  const { connector, title } = channel.manifest
  await desk.connections.createConnection(
    {
      connectionId,
      connector,
      title,
      roles: [...roles],
      config,
      ...(retry === undefined ? {} : { retry }),
    },
    by,
  )
  const files = filesFor(channel, connectionId).map(({ path, text }) => ({
    path,
    text: Object.entries(edits).reduce((changed, [from, to]) => changed.replace(from, to), text),
  }))
  await applyFiles(desk, files)
  if (!isRouted) return
  for (const role of roles) await desk.connections.setRoute({ role, connectionId }, by)
}

/** Puts words and documents in force, as `backhaul apply` does. */
export async function applyFiles(
  desk: CliHub,
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<void> {
  const items = await planConfig(wordDeps(desk), { files, folders: [], prune: false })
  for (const item of items) {
    const { subject, outcome, detail } = await takeItem(desk, item)
    if (outcome === 'failed' || outcome === 'refused') throw new Error(`${subject}: ${detail}`)
  }
}

/** What a command line has of the hub. */
function deskOf({ pool, record, connections, httpDeps, ring }: TestHub): CliHub {
  const { config } = httpDeps
  return {
    pool,
    record,
    connections,
    config,
    by,
    clock: systemClock,
    receive: (message) => ring.receiver.receive(message),
    wakeProcessor: ring.wakeProcessor,
    wakeDeliverer: ring.wakeDeliverer,
  } as CliHub
}

/** Prepares the neighbor's side as `backhaul <connector> setup --apply` does, and configures the connection by it. */
export async function setUpNeighbor(hub: TestHub, connectionId: string): Promise<void> {
  const { connections, url } = hub
  await setUpAt({ connections, config: { ...hub.httpDeps.config, publicUrl: url } }, connectionId)
}

/** The same for a hub at `config.publicUrl`. */
export async function setUpAt(
  { connections, config: hubConfig }: Pick<CliHub, 'connections' | 'config'>,
  connectionId: string,
): Promise<void> {
  const deps = { connections, config: hubConfig, clock: systemClock }
  const credential = { adminKey: null, adminLogin: null }
  const { connector, context, end } = setupTarget(deps, { connectionId, ...credential }, by)
  const plan = await connector.setup?.apply(context, () => undefined)
  end()
  if (plan?.settings) await configureNeighbor({ connections }, connectionId, plan.settings)
}

/** Changes fields of a connection's configuration. */
export async function configureNeighbor(
  { connections }: Pick<CliHub, 'connections'>,
  connectionId: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  await takeSettings({ connections }, { connectionId, settings }, by)
}

/** What waits for a person, or for something else that does not come: for the message of a test that fails. */
export async function whatIsStuck(pool: Pool): Promise<unknown> {
  const { rows } = await pool.query(
    `select 'parked' as what, topic as subject, code, detail from parked_message
     union all select 'exception', code, status, detail from exception
     union all select 'delivery', d.connection_id || ' ' || d.command_type, a.code, a.reason
       from delivery_attempt a join outbox_delivery d using (case_id, delivery_no) where a.outcome <> 'delivered'`,
  )
  return rows
}
