import { examineMasterKey } from '../connect/master-key-check.ts'
import type { HubConfig } from '../platform/config/schema.ts'
import { type KeyRing, loadKeyRing } from '../platform/crypto/key-ring.ts'
import { countUsableApiKeys } from '../store/api-keys.ts'
import { assertDurable, type Pool } from '../store/database.ts'
import { findServerState } from '../store/database-state.ts'
import { readBacklog } from '../store/health-queries.ts'
import { pendingMigrations } from '../store/migrate.ts'
import { listNodes } from '../store/nodes.ts'
import { fail, ok, skip, type Verdict, warn } from './diagnosis.ts'
import { hasMasterKey } from './open-database.ts'

/** Whether the server keeps what it acknowledges. */
export async function diagnoseServer(pool: Pool): Promise<Verdict> {
  await assertDurable(pool)
  const { version, sizeMb } = await findServerState(pool)
  return ok(`PostgreSQL ${version}, ${sizeMb} MB`)
}

const skewWarnMs = 2_000
const skewFailMs = 60_000

/** Whether this machine and the database agree on the time: leases and signatures are about it. */
export async function diagnoseClock(pool: Pool): Promise<Verdict> {
  const before = Date.now()
  const { now } = await findServerState(pool)
  const middle = (before + Date.now()) / 2
  const skewMs = Math.round(Math.abs(now.getTime() - middle))
  const seen = `the database is ${skewMs} ms off`
  const advice = 'Let both machines follow a time server.'
  if (skewMs > skewFailMs) return fail(seen, advice)
  return skewMs > skewWarnMs ? warn(seen, advice) : ok(seen)
}

export async function diagnoseTables(pool: Pool): Promise<Verdict> {
  const pending = await pendingMigrations(pool)
  if (pending.length > 0) return fail(`${pending.join(', ')} did not run`, 'Run: backhaul migrate')
  const { daysAhead } = await findServerState(pool)
  if (daysAhead < 2) {
    return fail(
      `partitions for ${Math.max(daysAhead, 0)} days ahead`,
      'Run a hub with the role tick, or: backhaul migrate',
    )
  }
  return ok(`up to date, partitions for ${daysAhead} days ahead`)
}

export async function diagnoseMasterKey(config: HubConfig, pool: Pool): Promise<Verdict> {
  if (!(await hasMasterKey(config))) {
    return warn(
      'there is none here',
      'Set BACKHAUL_MASTER_KEY, or run this where the hub’s data folder is.',
    )
  }
  const ring = await keyRingOf(config)
  switch (await examineMasterKey(pool, ring)) {
    case 'same':
      return ok(`${ring.keys.size} known, and the database was set up with it`)
    case 'not_set_up':
      return skip('the database is set up with it at the first start')
    case 'other':
      return fail(
        'the database was set up with another one',
        'Give the hub the master key that it had before.',
      )
  }
}

export function keyRingOf({ masterKey, dataDir }: HubConfig): Promise<KeyRing> {
  return loadKeyRing({ masterKey, dataDir })
}

export async function diagnoseKeys(pool: Pool): Promise<Verdict> {
  const usable = await countUsableApiKeys(pool)
  if (usable > 0) return ok(`${usable} that still open something`)
  return warn('nobody can call the API', 'Make one with: backhaul key create NAME --role admin')
}

export async function diagnoseProcesses(pool: Pool): Promise<Verdict> {
  const living = (await listNodes(pool)).filter(({ isSilent }) => !isSilent)
  if (living.length === 0) return skip('no hub runs on this database')
  return ok(living.map(({ name, pid }) => `${name} (pid ${pid})`).join(', '))
}

const lateSeconds = 60

/** Whether the hub keeps up, and whether something waits for a person. */
export async function diagnoseBacklog(pool: Pool): Promise<Verdict> {
  const { messages, parked, lateTimers, lanes } = await readBacklog(pool)
  const dead = lanes.reduce((sum, lane) => sum + lane.dead, 0)
  const late = lanes.filter(({ oldestDueSeconds }) => (oldestDueSeconds ?? 0) > lateSeconds)
  const seen = `${messages} messages wait, ${parked} are parked, ${dead} deliveries are dead`
  if (lateTimers > 0)
    return fail(`${lateTimers} timers are late; ${seen}`, 'Run a hub with the role tick.')
  if (late.length > 0) {
    const ids = late.map(({ connectionId }) => connectionId).join(', ')
    return warn(
      `deliveries to ${ids} are late; ${seen}`,
      'Look at: backhaul delivery list --state pending',
    )
  }
  if (dead > 0) return warn(seen, 'Look at: backhaul delivery list --state dead')
  return parked > 0 ? warn(seen, 'Look at: backhaul message list --state parked') : ok(seen)
}
