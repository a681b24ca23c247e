import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type SystemRole, systemRoles } from '@backhaul/sdk/canonical'
import { freePort, type HubOptions } from '../../bench/environment/hub-process.ts'
import { openSite, type SiteSecrets } from '../../bench/environment/site.ts'
import { sourceConnection } from '../../bench/workload/stream.ts'

/** Two who are told of everything, and one who is told to do things. */
export const sinkNames = ['subscriber-a', 'subscriber-b', 'systems'] as const
export type SinkName = (typeof sinkNames)[number]

/** So that what fails is tried again while the test lasts, and never given up. */
const delaysSeconds = [1, 1, 2, 2, 3, ...Array.from({ length: 40 }, () => 5)]
/** Shorter than what a sink that answers late takes. */
const timeoutMs = 1_500

/** Roles that own all axes together, for the connection that sends; none of them is owed commands to, since the routes name another. */
const sourceRoles: SystemRole[] = ['erp', 'carrier', 'wms', 'finance', 'payments', 'supplier']

/** Makes the connections in the database at `url`. */
export async function populate(options: {
  readonly url: string
  readonly dataDir: string
  readonly masterKey: string
  readonly secrets: SiteSecrets
  readonly sinkPorts: Readonly<Record<SinkName, number>>
}): Promise<void> {
  const site = await openSite(options)
  const by = { actor: 'faults' }
  const { connections } = site
  const common = { connector: 'webhook', retry: { delaysSeconds } }
  const configOf = (port: number) => ({
    url: `http://127.0.0.1:${port}/in`,
    signingSecret: options.secrets.outbound,
    timeoutMs,
  })
  await connections.createConnection(
    {
      ...common,
      connectionId: sourceConnection,
      title: 'Where events come from',
      roles: sourceRoles,
      config: { ...configOf(9), inboundSecrets: [options.secrets.inbound] },
    },
    by,
  )
  const played = systemRoles.filter((role) => role !== 'hub')
  for (const name of sinkNames) {
    const isTold = name === 'systems'
    await connections.createConnection(
      {
        ...common,
        connectionId: name,
        title: `Sink ${name}`,
        roles: isTold ? played : ['analytics'],
        config: configOf(options.sinkPorts[name]),
        subscriptions: isTold ? [] : ['*'],
      },
      by,
    )
  }
  for (const role of played) await connections.setRoute({ role, connectionId: 'systems' }, by)
  await site.close()
}

/** How each hub is started: a folder and a port of its own, one database, one master key. */
export async function hubOptions(options: {
  readonly dir: string
  readonly url: string
  readonly masterKey: string
  readonly count: number
  readonly program: string | null
}): Promise<HubOptions[]> {
  const all: HubOptions[] = []
  for (let number = 0; number < options.count; number += 1) {
    const dataDir = join(options.dir, `hub-${number}`)
    await mkdir(dataDir, { recursive: true })
    all.push({
      port: await freePort(),
      logFile: join(options.dir, `hub-${number}.log`),
      ...(options.program === null ? {} : { program: options.program }),
      env: {
        DATABASE_URL: options.url,
        BACKHAUL_DATA_DIR: dataDir,
        BACKHAUL_MASTER_KEY: options.masterKey,
      },
    })
  }
  return all
}

export function newMasterKey(): string {
  return randomBytes(32).toString('base64')
}
