import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { between, type Random, seeded } from '../../bench/workload/random.ts'
import type { Fleet } from './fleet.ts'

export interface KillerOptions {
  readonly fleet: Fleet
  /** The server's first process, as it is now. */
  readonly postmasterPid: () => number
  readonly databaseUrl: string
  readonly kills: number
  readonly pgKills: number
  readonly terminations: number
  readonly seconds: number
  readonly seed: number
}

export interface Killed {
  hubs: number
  postgres: number
  sessions: number
}

/** Kills at random moments, until it has killed as often as it should; it takes at least the time given. */
export async function killAtRandom(options: KillerOptions): Promise<Killed> {
  const random = seeded(options.seed)
  const killed: Killed = { hubs: 0, postgres: 0, sessions: 0 }
  const startMs = performance.now()
  await Promise.all([
    repeatedly({ ...options, times: options.kills, random }, () => {
      const { members } = options.fleet
      const isDone = members[between(random, 0, members.length - 1)]?.kill() ?? false
      if (isDone) killed.hubs += 1
      return isDone
    }),
    repeatedly({ ...options, times: options.pgKills, random }, () => {
      const isDone = killPostgres(options.postmasterPid(), random() < 0.5)
      if (isDone) killed.postgres += 1
      return isDone
    }),
    repeatedly({ ...options, times: options.terminations, random }, async () => {
      const isDone = await endSession(options.databaseUrl)
      if (isDone) killed.sessions += 1
      return isDone
    }),
  ])
  const leftMs = options.seconds * 1_000 - (performance.now() - startMs)
  if (leftMs > 0) await sleep(leftMs)
  return killed
}

async function repeatedly(
  { times, seconds, random }: { times: number; seconds: number; random: Random },
  kill: () => boolean | Promise<boolean>,
): Promise<void> {
  const meanMs = (seconds * 1_000) / (times + 1)
  for (let done = 0; done < times; ) {
    await sleep(-Math.log(1 - random()) * meanMs)
    if (await kill()) done += 1
  }
}

/**
 * kill -9 of the server's first process, whose others then end by themselves, or of all at once, as a
 * machine does that runs out of memory.
 */
function killPostgres(postmasterPid: number, isAll: boolean): boolean {
  const victims = isAll ? [postmasterPid, ...childrenOf(postmasterPid)] : [postmasterPid]
  return victims.map(killNow).some((isKilled) => isKilled)
}

function killNow(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
    return false
  }
}

/** Ends a session of a hub, whatever it is at. False when there is none, or no server at the moment. */
async function endSession(databaseUrl: string): Promise<boolean> {
  const db = new pg.Client({ connectionString: databaseUrl })
  // A server that is killed meanwhile says so here as well.
  db.on('error', () => undefined)
  try {
    await db.connect()
    const { rowCount } = await db.query(
      `select pg_terminate_backend(pid) from (
         select pid from pg_stat_activity
         where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
         order by random() limit 1) one`,
    )
    return rowCount === 1
  } catch {
    return false
  } finally {
    await db.end().catch(() => undefined)
  }
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
      return Number(parent) === pid ? [Number(name)] : []
    } catch {
      return []
    }
  })
}
