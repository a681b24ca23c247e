import type { Connections } from '../../connect/connections.ts'
import type { HubConfig } from '../../platform/config/schema.ts'
import type { Tx } from '../../store/database.ts'
import { advanceSource, type HeldSource, type SourceName } from '../../store/source-cursors.ts'
import type { RecordAudit } from '../audit-recorder.ts'
import type { Incoming, MessageResult } from '../message.ts'
import { callSource, unreadable } from '../pages/source-call.ts'
import { checkCursor, type PageDeps, type TakenPage, takePage } from '../pages/take-page.ts'
import { storeForLater, takeIn } from '../take-in.ts'
import { polledMessages } from './polled-messages.ts'

export interface PollDeps extends PageDeps {
  readonly config: Pick<HubConfig, 'http' | 'polls'>
  readonly record: RecordAudit
}

/** What a page of a poll brought. */
export interface PolledPage {
  /** Messages that it had. */
  readonly read: number
  /** Those that were not known. They wait for the processor. */
  readonly fresh: number
  /** Those that carry a known id and another body: kept for a person to look at. */
  readonly conflicts: number
  readonly results: readonly MessageResult[]
}

/** How many messages a page should have. */
const pageMessages = 500
const maxCursor = 4_000
/** A system that is down is not left alone for longer, however seldom it is asked otherwise. */
const mostPauseSeconds = 120

/** Polls of all connections that can be read now. */
export function readablePolls({
  connections,
}: {
  readonly connections: Pick<Connections, 'list'>
}): SourceName[] {
  return connections.list().flatMap((connection): SourceName[] => {
    if (connection.state !== 'active') return []
    const names = Object.keys(connection.connector.polls)
    return names.map((name) => ({ connectionId: connection.id, name }))
  })
}

interface ReadPage {
  readonly incoming: readonly Incoming[]
  readonly cursor: string | null
  readonly hasMore: boolean
  readonly pauseSeconds: number
}

/** Reads one page of a poll and takes its messages in, in their order: see `takePage`. */
export function takePoll(deps: PollDeps, held: HeldSource): Promise<TakenPage<PolledPage>> {
  return takePage(deps, held, {
    kind: 'poll',
    mostPauseSeconds,
    read: () => readPage(deps, held),
    keep: (tx, page) => keepPage(tx, { deps, held, page }),
  })
}

async function readPage(deps: PollDeps, held: HeldSource): Promise<ReadPage> {
  const { connectionId, name, cursor: before } = held
  return callSource(deps, connectionId, async ({ connector }, call) => {
    const poll = connector.polls[name]
    if (poll === undefined) throw unreadable('POLL_GONE', 'its connector has no such poll any more')
    const page = await poll.pull({ ...call, cursor: before, limit: pageMessages })
    const { messages, cursor, hasMore } = page
    const bodyLimitBytes = deps.config.http.webhookBodyLimitBytes
    const incoming = polledMessages(messages, { connectionId, bodyLimitBytes })
    checkCursor(page, { kind: 'poll', before, most: maxCursor })
    const pauseSeconds = hasMore ? 0 : (setPause(deps.config, held) ?? poll.everySeconds)
    return { incoming, cursor, hasMore, pauseSeconds }
  })
}

/** What the site has set between two looks. */
function setPause(
  { polls }: Pick<HubConfig, 'polls'>,
  { connectionId, name }: SourceName,
): number | undefined {
  const start = `${connectionId}/${name}=`
  const found = polls.pauses.findLast((one) => one.startsWith(start))
  return found === undefined ? undefined : Number(found.slice(start.length))
}

async function keepPage(
  tx: Tx,
  given: { readonly deps: PollDeps; readonly held: HeldSource; readonly page: ReadPage },
): Promise<PolledPage> {
  const { deps, held, page } = given
  const { incoming, ...progress } = page
  // The recorder reads the head of its chain each time, so that pages side by side take turns.
  const takenIn = await takeIn(tx, incoming, { append: deps.record })
  const stored = await storeForLater(tx, takenIn, { inOrder: true })
  const read = incoming.length
  const fresh = stored.size
  const conflicts = [...takenIn.known.values()].filter(({ isRepeat }) => !isRepeat).length
  await advanceSource({ db: tx, kind: 'poll' }, held, {
    ...progress,
    items: read,
    written: fresh,
    refused: conflicts,
  })
  return { read, fresh, conflicts, results: [...stored.values(), ...takenIn.known.values()] }
}
