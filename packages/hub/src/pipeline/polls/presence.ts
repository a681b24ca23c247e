import { cloudEventType } from '@backhaul/sdk/canonical'
import { presencePoll } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { WorkingConnection } from '../../connect/active-connection.ts'
import type { Connections } from '../../connect/connections.ts'
import { sha256Hex } from '../../platform/crypto/hash.ts'
import type { Tx } from '../../store/database.ts'
import { findMessageIds } from '../../store/inbox.ts'
import { listPresenceRefs, type PresencePlace } from '../../store/presence-refs.ts'
import type { BoundRef } from '../../store/refs.ts'
import { advanceSource, type HeldSource, type ReadableSource } from '../../store/source-cursors.ts'
import { canonicalTopic, type Incoming, makeMessage } from '../message.ts'
import { callSource, type SourceCall, unreadable } from '../pages/source-call.ts'
import { type TakenPage, takePage } from '../pages/take-page.ts'
import { storeForLater, takeIn } from '../take-in.ts'
import type { PollDeps, PolledPage } from './take-poll.ts'

/** Returns that a page looks at. */
const pageCases = 100
/** What a connector is asked about at once. */
const maxValues = 200
/** So long after its end, a return is looked at no more. */
const endedDays = 30
/** A process that has just begun has other things to do. */
const firstAfterSeconds = 300
const mostPauseSeconds = 3_600
/** Nobody waits for this: what the system has time for goes to deliveries and polls first. */
const betweenPages = 2

/** Connections that can be asked whether what returns refer to is still there. */
export function readablePresence({
  connections,
}: {
  readonly connections: Pick<Connections, 'list'>
}): ReadableSource[] {
  return connections.list().flatMap((connection): ReadableSource[] => {
    const isAsked = connection.state === 'active' && connection.connector.presence !== undefined
    return isAsked ? [{ connectionId: connection.id, name: presencePoll, firstAfterSeconds }] : []
  })
}

interface AskedPage {
  readonly asked: number
  readonly gone: readonly BoundRef[]
  /** Of the connection, for the sentence. */
  readonly title: string
  readonly cursor: string | null
  readonly hasMore: boolean
}

/**
 * Asks a connection which documents of some returns are gone, and raises IT06 in their cases, once for each: see
 * `takePage`. One that is there again and is gone once more is not raised again.
 */
export function takePresence(deps: PollDeps, held: HeldSource): Promise<TakenPage<PolledPage>> {
  return takePage(deps, held, {
    kind: 'poll',
    mostPauseSeconds,
    read: () => askPage(deps, held),
    keep: (tx, page) => keepPage(tx, { deps, held, page }),
  })
}

async function askPage(deps: PollDeps, { connectionId, cursor }: HeldSource): Promise<AskedPage> {
  return callSource(deps, connectionId, async (connection, call) => {
    const types = connection.connector.presence?.types ?? []
    const scope = { system: connectionId, types, cases: pageCases, endedDays }
    const { refs, next } = await listPresenceRefs(deps.pool, scope, readCursor(cursor))
    const gone: BoundRef[] = []
    for (const type of types) {
      const ofType = refs.filter((ref) => ref.type === type)
      const missing = await missingOf({ connection, call }, type, [
        ...new Set(ofType.map(({ value }) => value)),
      ])
      gone.push(...ofType.filter(({ value }) => missing.has(value)))
    }
    const end = next === null ? null : JSON.stringify(next)
    return {
      asked: refs.length,
      gone,
      title: connection.title,
      cursor: end,
      hasMore: next !== null,
    }
  })
}

const place = z.union([
  z.object({ headline: z.string(), caseSeq: z.int() }),
  z.object({ endedSince: z.string(), caseId: z.string() }),
])

function readCursor(cursor: string | null): PresencePlace | null {
  return cursor === null ? null : place.parse(JSON.parse(cursor))
}

/** Asks a connection which of these are gone, some at a time. */
export async function missingOf(
  { connection, call }: { readonly connection: WorkingConnection; readonly call: SourceCall },
  type: string,
  values: readonly string[],
): Promise<Set<string>> {
  const missing: string[] = []
  for (let from = 0; from < values.length; from += maxValues) {
    const some = values.slice(from, from + maxValues)
    const answer = await connection.connector.presence?.missing({ ...call, type, values: some })
    if (!Array.isArray(answer)) throw unreadable('POLL_MALFORMED', 'what is missing is no list')
    missing.push(...(answer as readonly string[]))
  }
  return new Set(missing)
}

async function keepPage(
  tx: Tx,
  given: { readonly deps: PollDeps; readonly held: HeldSource; readonly page: AskedPage },
): Promise<PolledPage> {
  const { deps, held, page } = given
  const { asked, gone, title, cursor, hasMore } = page
  const incoming = gone.map((ref) => goneMessage(ref, { title, at: deps.clock.now() }))
  const said = await findMessageIds(
    tx,
    incoming.map(({ message }) => message),
  )
  const isSaid = new Set(said.map(({ externalId }) => externalId))
  const anew = incoming.filter(({ message }) => !isSaid.has(message.externalId))
  const takenIn = await takeIn(tx, anew, { append: deps.record })
  const stored = await storeForLater(tx, takenIn)
  await advanceSource({ db: tx, kind: 'poll' }, held, {
    cursor,
    hasMore,
    items: asked,
    written: stored.size,
    refused: 0,
    pauseSeconds: hasMore ? betweenPages : deps.config.polls.presenceHours * 3_600,
  })
  return { read: asked, fresh: stored.size, conflicts: 0, results: [...stored.values()] }
}

/** That a document is gone, as the message that tells its case: of the document, and not of when it was missed. */
export function goneMessage(
  { caseId, system, type, value }: BoundRef,
  { title, at }: { readonly title: string; readonly at: Date },
): Incoming {
  const object = `${type}:${value}`.slice(0, 200)
  // Of what is gone, and not of when it was missed: a case hears of it once.
  const id = `presence:${caseId}:${sha256Hex(object).slice(0, 32)}`
  const words = type.replaceAll('_', ' ')
  const envelope = {
    specversion: '1.0',
    id,
    source: 'presence',
    type: cloudEventType('exception.raised'),
    subject: caseId,
    time: at.toISOString(),
    data: {
      code: 'IT06',
      object,
      detail: `${title} no longer has the ${words} ${value}: it was deleted or archived there.`,
    },
  }
  return {
    reading: { kind: 'later' },
    message: makeMessage({
      connectionId: system,
      topic: canonicalTopic,
      externalId: id,
      body: Buffer.from(JSON.stringify(envelope)),
      actor: 'hub',
    }),
  }
}
