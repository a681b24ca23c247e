import { presencePoll } from '@backhaul/sdk/connector'
import type { Connections } from '../../connect/connections.ts'
import { HubError } from '../../platform/errors.ts'
import { type Pool, withTransaction } from '../../store/database.ts'
import {
  ensureSources,
  listSources,
  type ReadableSource,
  type SourceStatus,
  wakeSources,
} from '../../store/source-cursors.ts'
import type { RecordAudit } from '../audit-recorder.ts'
import type { Person } from '../person-actions.ts'
import { readableSources } from './polls.ts'

export interface PollActionDeps {
  readonly pool: Pool
  readonly connections: Pick<Connections, 'get' | 'list'>
  readonly record: RecordAudit
}

/**
 * The polls of a connection, and how far each has been read. Of a connection that is paused or disabled, as far
 * as they were when it was not.
 *
 * @throws {HubError} NOT_FOUND when there is no such connection.
 */
export async function listPolls(
  { pool, connections }: Omit<PollActionDeps, 'record'>,
  connectionId: string,
): Promise<SourceStatus[]> {
  const connection = connections.get(connectionId)
  if (connection === undefined) throw new HubError('NOT_FOUND', 'There is no such connection.')
  const known = await listSources({ db: pool, kind: 'poll' }, connectionId)
  if (connection.state === 'broken') return known
  const { polls, presence } = connection.connector
  return known.filter(({ name }) =>
    name === presencePoll ? presence !== undefined : Object.hasOwn(polls, name),
  )
}

/**
 * Makes a poll due, also one that waits after a failure: the process that reads it looks within a second.
 *
 * @throws {HubError} NOT_FOUND; CONFLICT when its connection is not asked at the moment.
 */
export async function lookNow(
  deps: PollActionDeps,
  { connectionId, name }: { readonly connectionId: string; readonly name: string },
  { actor }: Pick<Person, 'actor'>,
): Promise<SourceStatus> {
  const source = askable(deps, { connectionId, name })
  const objectId = `${connectionId}/${name}`
  await withTransaction(deps.pool, async (tx) => {
    const polls = { db: tx, kind: 'poll' } as const
    await ensureSources(polls, [source])
    await wakeSources(polls, [source], { isForced: true })
    await deps.record(tx, [{ actor, action: 'poll.woken', objectType: 'poll', objectId }])
  })
  const [found] = (await listPolls(deps, connectionId)).filter((poll) => poll.name === name)
  if (found === undefined) throw new HubError('NOT_FOUND', 'There is no such connection.')
  return found
}

/** @throws {HubError} NOT_FOUND, CONFLICT. */
function askable(
  { connections }: Pick<PollActionDeps, 'connections'>,
  { connectionId, name }: { readonly connectionId: string; readonly name: string },
): ReadableSource {
  const connection = connections.get(connectionId)
  if (connection === undefined) throw new HubError('NOT_FOUND', 'There is no such connection.')
  if (connection.state !== 'active') {
    throw new HubError('CONFLICT', `It is not asked while it is ${connection.state}.`)
  }
  const found = readableSources({ connections }).find(
    (source) => source.connectionId === connectionId && source.name === name,
  )
  if (found === undefined) throw new HubError('NOT_FOUND', 'The connection has no such poll.')
  return found
}
