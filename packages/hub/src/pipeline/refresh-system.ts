import { cloudEventType } from '@backhaul/sdk/canonical'
import { presencePoll } from '@backhaul/sdk/connector'
import type { WorkingConnection } from '../connect/active-connection.ts'
import type { Connections } from '../connect/connections.ts'
import { orderQuestionOf } from '../domain/index.ts'
import { readForeignEvent } from '../mapping/canonical.ts'
import type { HubConfig } from '../platform/config/schema.ts'
import { HubError } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import type { Logger } from '../platform/logger.ts'
import { withTransaction } from '../store/database.ts'
import { listRefs } from '../store/refs.ts'
import { ensureSources, wakeSources } from '../store/source-cursors.ts'
import { askOrder } from './ask-order.ts'
import type { RecordAudit } from './audit-recorder.ts'
import { listCaseSystems, type RefreshWay, type SystemsDeps } from './case-systems.ts'
import { type LoadedCase, loadCase } from './load-case.ts'
import { canonicalTopic, makeMessage } from './message.ts'
import { callSource } from './pages/source-call.ts'
import type { Person } from './person-actions.ts'
import { goneMessage, missingOf } from './polls/presence.ts'
import { scopeOf } from './process/return-scope.ts'
import type { Receiver } from './receive.ts'

export interface RefreshDeps extends SystemsDeps {
  readonly connections: Connections
  readonly config: Pick<HubConfig, 'returns'>
  readonly log: Logger
  readonly record: RecordAudit
  readonly receive: Receiver['receive']
}

/** One thing that a refresh did, and how far it reaches. */
export interface RefreshStep {
  readonly way: RefreshWay
  /** `connection`: it reads whatever has changed there, and this return only if it has. */
  readonly scope: 'return' | 'connection'
  /** `woken`: somebody looks within a second. `answered`, `silent`, `refused`: it was asked in the call. */
  readonly outcome: 'answered' | 'silent' | 'refused' | 'woken'
  /** A poll's name. */
  readonly name: string | null
  /** References that were asked about, and those that are gone. */
  readonly asked: number | null
  readonly gone: readonly string[]
  /** What is to be said of it, in a sentence of the hub or the system. */
  readonly sentence: string | null
}

interface Refreshed {
  readonly found: LoadedCase
  readonly connection: WorkingConnection
}

/**
 * Asks a system now what it knows of a return, in every way that its connector has: the order in the call, whether
 * the documents are there in the call, and the connection's polls as soon as they can look.
 *
 * @throws {HubError} NOT_FOUND when there is no such return, or the system is no part of it; CANNOT_REFRESH when it
 *   is not asked at the moment, or its connector has no way.
 */
export async function refreshSystem(
  deps: RefreshDeps,
  { idOrNo, connectionId }: { readonly idOrNo: string; readonly connectionId: string },
  by: Pick<Person, 'actor'>,
): Promise<readonly RefreshStep[]> {
  const found = await loadCase(deps.pool, idOrNo)
  if (found === null) throw new HubError('NOT_FOUND', 'There is no such return.')
  const systems = await listCaseSystems(deps, found)
  const system = systems.find((one) => one.system === connectionId)
  if (system?.connection === undefined) {
    throw new HubError('NOT_FOUND', 'No such connection plays a part in the return.')
  }
  const { connection, refresh: ways } = system
  if (connection.state !== 'active')
    throw cannot(`It is not asked while it is ${connection.state}.`, connection.state)
  if (ways.length === 0) {
    throw cannot(
      `${connection.title} tells what happens by itself: its connector cannot ask it about a return.`,
      'no_way',
    )
  }
  const steps: RefreshStep[] = []
  for (const way of ways) steps.push(...(await refreshers[way](deps, { found, connection })))
  await recordRefresh(deps, { caseId: found.caseId, connectionId, steps }, by)
  return steps
}

function cannot(message: string, reason: string): HubError {
  return new HubError('CANNOT_REFRESH', message, { details: { reason } })
}

function recordRefresh(
  { pool, record }: RefreshDeps,
  done: {
    readonly caseId: string
    readonly connectionId: string
    readonly steps: readonly RefreshStep[]
  },
  { actor }: Pick<Person, 'actor'>,
): Promise<void> {
  const { caseId: objectId, connectionId, steps } = done
  const detail = { connectionId, steps: steps.map(({ way, outcome }) => `${way}: ${outcome}`) }
  return withTransaction(pool, (tx) =>
    record(tx, [{ actor, action: 'return.refreshed', objectType: 'return', objectId, detail }]),
  )
}

const nothing = { name: null, asked: null, gone: [], sentence: null }

const refreshers: Readonly<
  Record<RefreshWay, (deps: RefreshDeps, at: Refreshed) => Promise<RefreshStep[]>>
> = { order: refreshOrder, presence: refreshPresence, poll: wakePolls }

async function refreshOrder(deps: RefreshDeps, { found }: Refreshed): Promise<RefreshStep[]> {
  const question = orderQuestionOf(found.state)
  if (question === null) return []
  const { deadlineMs } = deps.config.returns.lookUp
  const scope = scopeOf(found.state, deps.clock.now())
  const asked = await askOrder({ ...deps, deadlineMs }, { scope, question })
  const step = { ...nothing, way: 'order', scope: 'return' } as const
  if (asked.kind === 'nobody') return []
  if (asked.kind !== 'answered') {
    return [{ ...step, outcome: asked.kind, sentence: asked.sentence }]
  }
  const known = new Set(found.state.lines.map(({ lineNo }) => lineNo))
  const lines = asked.answer.lines.filter(({ lineNo }) => known.has(lineNo))
  await tell(deps, found, { connectionId: asked.connectionId, data: { ...asked.answer, lines } })
  return [{ ...step, outcome: 'answered', sentence: asked.answer.note ?? null }]
}

/** What the system knows of the order, as its own word in the return's history. */
async function tell(
  { clock, receive }: RefreshDeps,
  { caseId }: LoadedCase,
  { connectionId, data }: { readonly connectionId: string; readonly data: object },
): Promise<void> {
  const id = `refresh:${newId()}`
  const event = {
    specversion: '1.0',
    id,
    source: 'connector',
    type: cloudEventType('order.recorded'),
    subject: caseId,
    time: clock.now().toISOString(),
    data,
  }
  const message = makeMessage({
    connectionId,
    topic: canonicalTopic,
    externalId: id,
    body: Buffer.from(JSON.stringify(event)),
    actor: `connection:${connectionId}`,
  })
  await receive({ message, reading: readForeignEvent(event) })
}

async function refreshPresence(
  deps: RefreshDeps,
  { found, connection }: Refreshed,
): Promise<RefreshStep[]> {
  const { caseId } = found
  const { id: system, title } = connection
  const types = connection.connector.presence?.types ?? []
  const refs = (await listRefs(deps.pool, caseId)).filter(
    (ref) => ref.system === system && types.includes(ref.type),
  )
  const step = { ...nothing, way: 'presence', scope: 'return', asked: refs.length } as const
  try {
    const missing = await callSource(deps, system, async (working, call) => {
      const gone: typeof refs = []
      for (const type of new Set(refs.map((ref) => ref.type))) {
        const ofType = refs.filter((ref) => ref.type === type)
        const values = await missingOf(
          { connection: working, call },
          type,
          ofType.map(({ value }) => value),
        )
        gone.push(...ofType.filter(({ value }) => values.has(value)))
      }
      return gone
    })
    for (const { type, value } of missing) {
      await deps.receive(
        goneMessage({ caseId, system, type, value }, { title, at: deps.clock.now() }),
      )
    }
    return [
      { ...step, outcome: 'answered', gone: missing.map((ref) => `${ref.type}:${ref.value}`) },
    ]
  } catch (error) {
    // A connector's message may hold anything: the log has it, under the connection.
    deps.log.warn({ connectionId: system, err: error }, 'presence not asked about')
    return [{ ...step, outcome: 'silent', sentence: `${title} does not answer at the moment.` }]
  }
}

async function wakePolls(deps: RefreshDeps, { connection }: Refreshed): Promise<RefreshStep[]> {
  const names = Object.keys(connection.connector.polls).filter((name) => name !== presencePoll)
  const sources = names.map((name) => ({ connectionId: connection.id, name }))
  await withTransaction(deps.pool, async (tx) => {
    const polls = { db: tx, kind: 'poll' } as const
    await ensureSources(polls, sources)
    await wakeSources(polls, sources, { isForced: true })
  })
  return names.map((name) => ({
    ...nothing,
    way: 'poll',
    scope: 'connection',
    outcome: 'woken',
    name,
  }))
}
