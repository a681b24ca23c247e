import type { Command } from 'commander'
import { takeDue } from '../../pipeline/pages/take-page.ts'
import { readableSources, takeSource } from '../../pipeline/polls/polls.ts'
import type { PollDeps } from '../../pipeline/polls/take-poll.ts'
import { withTransaction } from '../../store/database.ts'
import { ensureSources, listSources, type SourceName } from '../../store/source-cursors.ts'
import type { Actions, Handler } from '../action.ts'
import { CliError } from '../cli-error.ts'
import { exitCodes } from '../exit-code.ts'
import { type Column, table } from '../table.ts'
import { withDatabase } from '../with-database.ts'
import { type CliHub, withHub } from '../with-hub.ts'

export function addPollCommands(program: Command, actions: Actions): void {
  const group = program
    .command('poll')
    .description('Ask systems what has changed, where they do not tell by themselves.')
  group
    .command('list')
    .description('Show how far the changes of connections have been read.')
    .argument('[connection]', 'only those of one connection')
    .action(actions.run(list))
  group
    .command('look')
    .description('Read polls to their end now, without waiting for their time.')
    .argument('<connection>', 'id of the connection')
    .argument('[poll]', 'its name; all of them when left out')
    .action(actions.run(look))
}

interface ShownPoll {
  readonly connectionId: string
  readonly poll: string
  readonly state: string
  readonly dueAt: Date
  readonly lagSeconds: number
  readonly failures: number
  readonly lastCode: string | null
  readonly lastReason: string | null
  readonly runEndedAt: Date | null
  readonly totalRead: number
  readonly totalNew: number
}

const columns: readonly Column<ShownPoll>[] = [
  { title: 'CONNECTION', value: ({ connectionId }) => connectionId },
  { title: 'POLL', value: ({ poll }) => poll },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'LAG', value: ({ lagSeconds }) => `${lagSeconds} s`, align: 'right' },
  { title: 'READ', value: ({ totalRead }) => totalRead, align: 'right' },
  { title: 'NEW', value: ({ totalNew }) => totalNew, align: 'right' },
  { title: 'FAILURES', value: ({ failures }) => failures, align: 'right' },
  { title: 'CODE', value: ({ lastCode }) => lastCode },
  { title: 'LAST LOOK', value: ({ runEndedAt }) => runEndedAt },
  { title: 'NEXT', value: ({ dueAt }) => dueAt },
]

const list: Handler<object> = (session, { args }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const found = await listSources({ db: pool, kind: 'poll' }, args[0])
    const polls = found.map(
      (one): ShownPoll => ({
        connectionId: one.connectionId,
        poll: one.name,
        state: one.state,
        dueAt: one.dueAt,
        lagSeconds: Math.round(one.lagSeconds),
        failures: one.failures,
        lastCode: one.lastCode,
        lastReason: one.lastReason,
        runEndedAt: one.runEndedAt,
        totalRead: one.totalItems,
        totalNew: one.totalWritten,
      }),
    )
    session.show({ polls }, () =>
      polls.length === 0 ? 'Nothing is polled.' : table(polls, columns, session),
    )
  })

interface Looked {
  readonly connectionId: string
  readonly poll: string
  readonly read: number
  readonly new: number
  readonly conflicts: number
  /** Why it was not read to its end. */
  readonly code: string | null
}

const lookedColumns: readonly Column<Looked>[] = [
  { title: 'POLL', value: ({ poll }) => poll },
  { title: 'READ', value: ({ read }) => read, align: 'right' },
  { title: 'NEW', value: (looked) => looked.new, align: 'right' },
  { title: 'CONFLICTS', value: ({ conflicts }) => conflicts, align: 'right' },
  { title: 'NOT READ TO ITS END', value: ({ code }) => code },
]

const look: Handler<object> = (session, { args }) =>
  withHub(session, async (hub) => {
    const [connectionId = '', name] = args
    const polls = pollsOf(hub, { connectionId, name })
    if (session.isDryRun) {
      const names = polls.map((poll) => poll.name)
      session.show({ isDryRun: true, connectionId, polls: names }, () => {
        return `Would look at ${names.join(', ')} of ${connectionId}.`
      })
      return undefined
    }
    await ensureSources({ db: hub.pool, kind: 'poll' }, polls)
    await withTransaction(hub.pool, (tx) =>
      hub.record(
        tx,
        polls.map((poll) => ({
          actor: hub.by.actor,
          action: 'poll.woken',
          objectType: 'poll',
          objectId: `${connectionId}/${poll.name}`,
        })),
      ),
    )
    const looked: Looked[] = []
    for (const poll of polls) looked.push(await readToEnd(hub, poll))
    session.show({ polls: looked }, () => table(looked, lookedColumns, session))
    return looked.every(({ code }) => code === null) ? undefined : exitCodes.unavailable
  })

function pollsOf(
  { connections }: CliHub,
  { connectionId, name }: { readonly connectionId: string; readonly name: string | undefined },
): SourceName[] {
  const polls = readableSources({ connections }).filter(
    (poll) => poll.connectionId === connectionId && (name === undefined || poll.name === name),
  )
  if (polls.length > 0) return polls
  throw new CliError(
    'notFound',
    `The connection ${connectionId} has no such poll that can be read.`,
  )
}

async function readToEnd(hub: CliHub, { connectionId, name }: SourceName): Promise<Looked> {
  const deps: PollDeps = hub
  const sum = { connectionId, poll: name, read: 0, new: 0, conflicts: 0 }
  for (;;) {
    const sources = [{ connectionId, name }]
    const [held] = await takeDue(deps, { kind: 'poll', sources, limit: 1, isDueNow: true })
    if (held === undefined) return { ...sum, code: 'READ_BY_ANOTHER_PROCESS' }
    const page = await takeSource(deps, held)
    if (page.kind === 'failed') return { ...sum, code: page.code }
    sum.read += page.taken.read
    sum.new += page.taken.fresh
    sum.conflicts += page.taken.conflicts
    if (!page.hasMore) return { ...sum, code: null }
  }
}
