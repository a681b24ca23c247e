import { type Command, Option } from 'commander'
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
import type { Session } from '../session.ts'
import { type Column, fields, printable, shorten } from '../table.ts'
import { withDatabase } from '../with-database.ts'
import { withHub } from '../with-hub.ts'

export function addMessageCommands(program: Command, actions: Actions): void {
  const group = program.command('message').description('Look at what came in, and replay it.')
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

function told(session: Session, messageId: string): void {
  session.show(
    { messageId, isQueued: true },
    () => `The message ${messageId} is queued; the running hub applies it.`,
  )
}
