import { type Command, Option } from 'commander'
import { discardMessage } from '../../pipeline/discard-message.ts'
import { editMessage } from '../../pipeline/edit-message.ts'
import { replayMessage } from '../../pipeline/replay.ts'
import { parseId } from '../../platform/ids.ts'
import type { Pool } from '../../store/database.ts'
import {
  findMessageDetail,
  listMessages,
  type MessageDetail,
  type MessageRecord,
  type MessageState,
  messageStates,
} from '../../store/message-queries.ts'
import type { Actions, Handler } from '../action.ts'
import { addListOptions, type ListOptions } from '../arguments.ts'
import { CliError } from '../cli-error.ts'
import { showPage } from '../list.ts'
import { readNamedBytes } from '../read-file.ts'
import type { Session } from '../session.ts'
import { type Column, fields, printable, shorten } from '../table.ts'
import { withDatabase } from '../with-database.ts'
import { withHub } from '../with-hub.ts'

export function addMessageCommands(program: Command, actions: Actions): void {
  const group = program
    .command('message')
    .description('Look at what came in, replay it, edit it or give it up.')
  addListOptions(group.command('list'))
    .description('List messages, the newest first.')
    .addOption(new Option('--state <state>', 'only those that ended so').choices(messageStates))
    .option('--connection <id>', 'only those of a connection')
    .action(actions.run(list))
  group
    .command('show')
    .description('Show a message, and what became of it.')
    .argument('<id>', 'its id')
    .option('--body', 'also its body as it came in, which can hold personal data')
    .action(actions.run(show))
  group
    .command('replay')
    .description('Let a parked message try again now.')
    .argument('<id>', 'its id')
    .option('--accept-conflict', 'also one whose id was used before with another body')
    .action(actions.run(replay))
  group
    .command('edit')
    .description('Put a new message in the place of a parked one, and let it be applied.')
    .argument('<id>', 'its id')
    .requiredOption('--file <file>', 'the new body; - for stdin')
    .requiredOption('--reason <text>', 'why; kept with it, and in the audit log', reasonOf)
    .action(actions.run(edit))
  group
    .command('discard')
    .description(
      'Give a parked message up for good: it stays in the history and is not tried again.',
    )
    .argument('<id>', 'its id')
    .requiredOption('--reason <text>', 'why; kept with it, and in the audit log', reasonOf)
    .action(actions.run(discard))
}

/** As the API takes it. */
function reasonOf(text: string): string {
  const reason = text.trim()
  if (reason.length >= 3 && reason.length <= 2_000) return reason
  throw new CliError('usage', 'The reason has to have 3 to 2000 characters.')
}

interface MessageListOptions extends ListOptions {
  readonly state?: MessageState
  readonly connection?: string
}

const columns: readonly Column<MessageRecord>[] = [
  { title: 'ID', value: ({ messageId }) => messageId },
  { title: 'RECEIVED', value: ({ receivedAt }) => receivedAt },
  { title: 'CONNECTION', value: ({ connectionId }) => connectionId },
  { title: 'TOPIC', value: ({ topic }) => topic },
  { title: 'OUTCOME', value: ({ outcome }) => outcome ?? 'waiting' },
  { title: 'CODE', value: ({ code }) => code },
  { title: 'DETAIL', value: ({ detail }) => shorten(detail, 60) },
]

const list: Handler<MessageListOptions> = (session, { options }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const { state, connection: connectionId, before, limit } = options
    if (before !== undefined) messageIdOf(before)
    const page = await listMessages(pool, { state, connectionId, before, limit })
    showPage(session, page, { columns, none: 'There is no such message.' })
  })

const show: Handler<{ readonly body?: boolean }> = (session, { args, options }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const { body, ...message } = await getMessage(pool, args[0] ?? '')
    const text = (options.body ?? false) ? { body: body.toString('utf8') } : {}
    const shown = { ...message, sizeBytes: body.length, ...text }
    session.show(shown, () => describe(shown))
  })

function messageIdOf(text: string): string {
  const id = parseId(text)
  if (id !== null) return id
  throw new CliError(
    'usage',
    `${text} is not the id of a message. List them with: backhaul message list`,
  )
}

async function getMessage(pool: Pool, text: string): Promise<MessageDetail> {
  const message = await findMessageDetail(pool, messageIdOf(text))
  if (message !== null) return message
  throw new CliError(
    'notFound',
    `There is no message ${text}. List them with: backhaul message list`,
  )
}

function describe(
  shown: Omit<MessageDetail, 'body'> & { readonly sizeBytes: number; readonly body?: string },
): string {
  const { parked } = shown
  const head = fields([
    ['Message', shown.messageId],
    ['Received', shown.receivedAt],
    ['Connection', shown.connectionId],
    ['Topic', shown.topic],
    ['Their id', shown.externalId],
    ['Actor', shown.actor],
    ['Bytes', shown.sizeBytes],
    ['Outcome', shown.outcome ?? 'waiting'],
    ['Code', shown.code],
    ['Detail', shown.detail],
    ['Return', shown.caseId],
    ['Parked', parked?.parkedAt],
    ['Tried again', parked === null ? null : (parked.retryAt ?? 'when somebody replays it')],
    ['Replays', parked?.replays],
    ['Edited from', shown.editOf],
    ['Replaced by', shown.editedAs],
  ])
  return shown.body === undefined
    ? head
    : `${head}\n\n${shown.body.split('\n').map(printable).join('\n')}`
}

const replay: Handler<{ readonly acceptConflict?: boolean }> = (session, { args, options }) =>
  withHub(session, async (hub) => {
    const { messageId } = await getMessage(hub.pool, args[0] ?? '')
    if (session.isDryRun) {
      session.show(
        { isDryRun: true, messageId },
        () => `Would let the message ${messageId} try again.`,
      )
      return
    }
    const { acceptConflict } = options
    await replayMessage(hub, { messageId, acceptConflict }, hub.by)
    told(session, messageId)
  })

interface EditOptions {
  readonly file: string
  readonly reason: string
}

const edit: Handler<EditOptions> = (session, { args, options: { file, reason } }) =>
  withHub(session, async (hub) => {
    const { messageId, parked } = await getMessage(hub.pool, args[0] ?? '')
    const body = await readNamedBytes(session, file)
    if (session.isDryRun) {
      const isParked = parked !== null
      session.show(
        { isDryRun: true, messageId, isParked, sizeBytes: body.length },
        () =>
          `Would ${isParked ? 'put' : 'refuse to put'} ${body.length} bytes in the place of ${messageId}.`,
      )
      return
    }
    const limitBytes = hub.config.http.webhookBodyLimitBytes
    const edited = await editMessage(hub, { messageId, body, reason, limitBytes }, hub.by)
    session.show(
      { ...edited, isQueued: true },
      () => `${edited.messageId} takes the place of ${messageId}; the running hub applies it.`,
    )
  })

const discard: Handler<{ readonly reason: string }> = (session, { args, options: { reason } }) =>
  withHub(session, async (hub) => {
    const { messageId, parked } = await getMessage(hub.pool, args[0] ?? '')
    if (session.isDryRun) {
      const isParked = parked !== null
      session.show(
        { isDryRun: true, messageId, isParked },
        () => `Would ${isParked ? 'give up' : 'refuse to give up'} ${messageId}.`,
      )
      return
    }
    await session.confirm(`Give the message ${messageId} up for good?`)
    await discardMessage(hub, { messageId, reason }, hub.by)
    session.show({ messageId, isDiscarded: true }, () => `The message ${messageId} is given up.`)
  })

function told(session: Session, messageId: string): void {
  session.show(
    { messageId, isQueued: true },
    () => `The message ${messageId} is queued; the running hub applies it.`,
  )
}
