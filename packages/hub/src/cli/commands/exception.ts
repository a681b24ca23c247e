import { type ExceptionQueue, exceptionCodes, exceptionQueues } from '@backhaul/sdk/canonical'
import { type Command, Option } from 'commander'
import { z } from 'zod'
import { type Note, noteException } from '../../pipeline/exception-notes.ts'
import {
  assignException,
  type ExceptionResult,
  reopenException,
  resolveException,
} from '../../pipeline/person-actions.ts'
import { parseId } from '../../platform/ids.ts'
import type { Pool } from '../../store/database.ts'
import {
  type ExceptionRecord,
  findException,
  listExceptions,
} from '../../store/exception-queries.ts'
import type { Actions, Handler } from '../action.ts'
import { addListOptions, type ListOptions } from '../arguments.ts'
import { CliError } from '../cli-error.ts'
import { pageOf, showPage } from '../list.ts'
import type { Session } from '../session.ts'
import { type Column, fields } from '../table.ts'
import { withDatabase } from '../with-database.ts'
import { withHub } from '../with-hub.ts'
import { getCase } from './case.ts'

const statuses = ['open', 'resolved', 'any'] as const

export function addExceptionCommands(program: Command, actions: Actions): void {
  const group = program.command('exception').description('Deal with what went wrong.')
  addListOptions(group.command('list'))
    .description('List exceptions, the newest first.')
    .addOption(new Option('--status <status>', 'which').choices(statuses).default('open'))
    .addOption(new Option('--queue <queue>', 'only those of a work queue').choices(exceptionQueues))
    .option('--code <code>', 'only those of a kind, such as RX03')
    .option('--owner <name>', 'only those of a person')
    .option('--case <id>', 'only those of a return')
    .action(actions.run(list))
  group
    .command('show')
    .description('Show an exception, and by which actions it can be resolved.')
    .argument('<id>', 'its id')
    .action(actions.run(show))
  group
    .command('assign')
    .description('Give an exception to a person or another queue.')
    .argument('<id>', 'its id')
    .option('--owner <name>', 'the person')
    .option('--nobody', 'take it off the person that has it')
    .addOption(new Option('--queue <queue>', 'the queue').choices(exceptionQueues))
    .action(actions.run(assign))
  group
    .command('resolve')
    .description('Say how an exception was dealt with.')
    .argument('<id>', 'its id')
    .requiredOption('--action <action>', 'how, by one of the actions that `exception show` names')
    .option('--note <text>', 'a word for whoever reads it later')
    .action(actions.run(resolve))
  group
    .command('reopen')
    .description('Open a resolved exception again.')
    .argument('<id>', 'its id')
    .option('--note <text>', 'why')
    .action(actions.run(reopen))
  group
    .command('acknowledge')
    .description('Say that somebody has seen an open exception; it stays open.')
    .argument('<id>', 'its id')
    .option('--undo', 'take it back')
    .action(actions.run(acknowledge))
  group
    .command('snooze')
    .description('Put an open exception out of the way until a time, or until it comes again.')
    .argument('<id>', 'its id')
    .option('--until <time>', 'when it is back, such as 2026-12-01T08:00:00Z; within 90 days')
    .option('--wake', 'bring it back now')
    .action(actions.run(snooze))
}

interface ExceptionListOptions extends ListOptions {
  readonly status: (typeof statuses)[number]
  readonly queue?: ExceptionQueue
  readonly code?: string
  readonly owner?: string
  readonly case?: string
}

const columns: readonly Column<ExceptionRecord>[] = [
  { title: 'ID', value: ({ exceptionId }) => exceptionId },
  { title: 'CODE', value: ({ code }) => code },
  { title: 'WHAT', value: ({ code }) => exceptionCodes[code].title },
  { title: 'RETURN', value: ({ caseNo }) => caseNo },
  { title: 'SEVERITY', value: ({ severity }) => severity },
  { title: 'STATUS', value: ({ status }) => status },
  { title: 'QUEUE', value: ({ queue }) => queue },
  { title: 'OWNER', value: ({ owner }) => owner },
  { title: 'OPENED', value: ({ openedAt }) => openedAt },
  { title: 'DUE', value: ({ dueAt }) => dueAt },
]

const list: Handler<ExceptionListOptions> = (session, { options }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const { status, queue, code, owner, limit, before } = options
    const caseId =
      options.case === undefined ? undefined : (await getCase(pool, options.case)).caseId
    if (before !== undefined) exceptionIdOf(before)
    const filter = { status: status === 'any' ? undefined : status, queue, code, owner, caseId }
    const rows = await listExceptions(pool, { ...filter, before, limit: limit + 1 })
    const page = pageOf(rows, limit, ({ exceptionId }) => exceptionId)
    showPage(session, page, { columns, none: 'There is no such exception.' })
  })

const show: Handler<object> = (session, { args }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    showException(session, await getException(pool, args[0] ?? ''))
  })

function exceptionIdOf(text: string): string {
  const id = parseId(text)
  if (id !== null) return id
  throw new CliError(
    'usage',
    `${text} is not the id of an exception. List them with: backhaul exception list`,
  )
}

async function getException(pool: Pool, text: string): Promise<ExceptionRecord> {
  const exception = await findException(pool, exceptionIdOf(text))
  if (exception !== null) return exception
  throw new CliError(
    'notFound',
    `There is no exception ${text}. List them with: backhaul exception list`,
  )
}

function showException(session: Session, exception: ExceptionRecord): void {
  const { title, actions } = exceptionCodes[exception.code]
  session.show({ ...exception, title, actions }, () =>
    fields([
      ['Exception', exception.exceptionId],
      ['Code', exception.code],
      ['What', title],
      ['Return', exception.caseNo],
      ['Object', exception.object],
      ['Detail', exception.detail],
      ['Severity', exception.severity],
      ['Status', exception.status],
      ['Queue', exception.queue],
      ['Owner', exception.owner],
      ['Opened', exception.openedAt],
      ['Due', exception.dueAt],
      ['Resolved', exception.resolvedAt],
      ['By action', exception.action],
      ['Happened again', exception.recurrences],
      ['Actions', [...actions, 'dismiss'].join(', ')],
    ]),
  )
}

interface AssignOptions {
  readonly owner?: string
  readonly nobody?: boolean
  readonly queue?: ExceptionQueue
}

const assign: Handler<AssignOptions> = (session, { args, options }) => {
  const { queue, nobody = false } = options
  const owner = nobody ? null : options.owner
  if (owner === undefined && queue === undefined) {
    throw new CliError('usage', 'Say to whom: add --owner, --nobody or --queue.')
  }
  return withHub(session, async (hub) => {
    const { exceptionId } = await getException(hub.pool, args[0] ?? '')
    if (wouldDo(session, { action: 'assign', exceptionId, owner, queue })) return
    told(session, await assignException(hub, { exceptionId, owner, queue }, hub.by))
  })
}

const resolve: Handler<{ readonly action: string; readonly note?: string }> = (
  session,
  { args, options },
) =>
  withHub(session, async (hub) => {
    const { exceptionId } = await getException(hub.pool, args[0] ?? '')
    const { action, note } = options
    if (wouldDo(session, { action: 'resolve', exceptionId, by: action })) return
    told(session, await resolveException(hub, { exceptionId, action, note }, hub.by))
  })

const reopen: Handler<{ readonly note?: string }> = (session, { args, options: { note } }) =>
  withHub(session, async (hub) => {
    const { exceptionId } = await getException(hub.pool, args[0] ?? '')
    if (wouldDo(session, { action: 'reopen', exceptionId })) return
    told(session, await reopenException(hub, { exceptionId, note }, hub.by))
  })

const acknowledge: Handler<{ readonly undo?: boolean }> = (session, { args, options: { undo } }) =>
  keepNote(session, args[0] ?? '', { kind: 'acknowledge', isSeen: undo !== true })

const snooze: Handler<{ readonly until?: string; readonly wake?: boolean }> = (
  session,
  { args, options: { until, wake = false } },
) => {
  if ((until === undefined) === !wake) {
    throw new CliError('usage', 'Say until when: add --until, or --wake to bring it back.')
  }
  return keepNote(session, args[0] ?? '', {
    kind: 'snooze',
    until: wake ? null : timeOf(until ?? ''),
  })
}

function timeOf(text: string): Date {
  const parsed = z.iso.datetime({ offset: true }).safeParse(text)
  if (parsed.success) return new Date(parsed.data)
  throw new CliError('usage', `${text} is no time. Write it as 2026-12-01T08:00:00Z.`)
}

function keepNote(session: Session, id: string, what: Note): Promise<void> {
  return withHub(session, async (hub) => {
    const { exceptionId } = await getException(hub.pool, id)
    if (wouldDo(session, { action: what.kind, exceptionId })) return
    const noted = await noteException(hub, { exceptionId, note: what }, hub.by)
    session.say('Done.')
    showException(session, noted)
  })
}

function told(session: Session, { exception, isRepeat }: ExceptionResult): void {
  session.say(isRepeat ? 'It was so before.' : 'Done.')
  showException(session, exception)
}

/** With --dry-run: shows what would be done. */
function wouldDo(
  session: Session,
  what: { readonly action: string } & Record<string, unknown>,
): boolean {
  if (!session.isDryRun) return false
  session.show(
    { isDryRun: true, ...what },
    () => `Would ${what.action} the exception ${String(what['exceptionId'])}.`,
  )
  return true
}
