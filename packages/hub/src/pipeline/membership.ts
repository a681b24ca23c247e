import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { newId } from '../platform/ids.ts'
import { type Pool, withTransaction } from '../store/database.ts'
import { beat, deleteNodes, type HubNode, insertNode, listNodes } from '../store/nodes.ts'
import { releaseLeases } from '../store/outbox.ts'

/** This start of the process, as the others see it. */
export function describeNode(name: string): HubNode {
  return {
    nodeId: newId(),
    name,
    host: hostIdentity(),
    pid: process.pid,
    pidStarted: processStart(process.pid) ?? 'unknown',
  }
}

/**
 * Tells machines, and containers on one machine, apart: only where this is equal does a process id say
 * anything. Linux; elsewhere the host's name has to do.
 */
function hostIdentity(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${hostname()} ${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

/** When a process began, in clock ticks since boot: a process id that was given again has another one. */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may contain spaces; the 22nd field counts from after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

/** Joins the hub processes on this database, and takes back at once what a process held that died on this machine. */
export async function join(pool: Pool, node: HubNode): Promise<number> {
  await insertNode(pool, node)
  return releaseDead(pool, node)
}

/** Leaves: what is still leased to this process is free for the others. */
export async function leave(pool: Pool, node: HubNode): Promise<void> {
  await withTransaction(pool, async (tx) => {
    await releaseLeases(tx, [node.nodeId])
    await deleteNodes(tx, [node.nodeId])
  })
}

/**
 * Says that this process lives, and frees what dead ones held: those whose process is gone from this
 * machine, and those that have said nothing for 10 seconds.
 *
 * @returns how many deliveries were freed.
 */
export async function heartbeat(pool: Pool, node: HubNode): Promise<number> {
  // Declared dead while it was stopped or cut off: it joins again under the same id, holding nothing.
  if (!(await beat(pool, node.nodeId))) await insertNode(pool, node)
  return releaseDead(pool, node)
}

/** Frees deliveries whose lease has run out although its process lives: it has lost sight of them. */
export function releaseExpired(pool: Pool): Promise<number> {
  return withTransaction(pool, (tx) => releaseLeases(tx, []))
}

async function releaseDead(pool: Pool, self: HubNode): Promise<number> {
  const dead = (await listNodes(pool)).filter(
    (other) => other.nodeId !== self.nodeId && isDead(other, self),
  )
  if (dead.length === 0) return 0
  const ids = dead.map(({ nodeId }) => nodeId)
  return withTransaction(pool, async (tx) => {
    const released = await releaseLeases(tx, ids)
    await deleteNodes(tx, ids)
    return released
  })
}

function isDead(other: HubNode & { isSilent: boolean }, self: HubNode): boolean {
  if (other.isSilent) return true
  return (
    other.host === self.host &&
    processStart(other.pid) !== other.pidStarted &&
    self.pidStarted !== 'unknown'
  )
}
