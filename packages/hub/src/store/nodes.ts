import type { Queryable, Tx } from './database.ts'

/** A start of a hub process. `host`, `pid` and `pidStarted` tell whether it still runs, to others on its machine. */
export interface HubNode {
  readonly nodeId: string
  readonly name: string
  readonly host: string
  readonly pid: number
  readonly pidStarted: string
}

export async function insertNode(db: Queryable, node: HubNode): Promise<void> {
  await db.query(
    'insert into hub_node (node_id, name, host, pid, pid_started) values ($1, $2, $3, $4, $5)',
    [node.nodeId, node.name, node.host, node.pid, node.pidStarted],
  )
}

/** Says that the process lives. @returns false when others have declared it gone and taken its leases. */
export async function beat(db: Queryable, nodeId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'update hub_node set heartbeat_at = now() where node_id = $1',
    [nodeId],
  )
  return rowCount === 1
}

export async function listNodes(
  db: Queryable,
): Promise<(HubNode & { heartbeatAt: Date; startedAt: Date; isSilent: boolean })[]> {
  const { rows } = await db.query<
    HubNode & { heartbeatAt: Date; startedAt: Date; isSilent: boolean }
  >(
    `select node_id as "nodeId", name, host, pid, pid_started as "pidStarted", heartbeat_at as "heartbeatAt",
       started_at as "startedAt", heartbeat_at < now() - interval '10 seconds' as "isSilent"
     from hub_node order by node_id`,
  )
  return rows
}

export async function deleteNodes(tx: Tx, nodeIds: readonly string[]): Promise<void> {
  await tx.query('delete from hub_node where node_id = any ($1::uuid[])', [nodeIds])
}
