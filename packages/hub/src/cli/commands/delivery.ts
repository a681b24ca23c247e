import { type Command, Option } from 'commander'
import { discardDead } from '../../pipeline/discard.ts'
import { previewDead, replayDead, replayDelivery } from '../../pipeline/replay.ts'
import type { Pool } from '../../store/database.ts'
import {
  type AttemptRecord,
  type DeliveryDetail,
  type DeliveryRecord,
  type DeliveryState,
  deliveryStates,
  findDelivery,
  listAttempts,
  listDeliveries,
} from '../../store/delivery-queries.ts'
import { type DeliveryKey, formatDeliveryId, parseDeliveryId } from '../../store/outbox.ts'
import type { Actions, Handler } from '../action.ts'
import { addListOptions, type ListOptions, wholeNumber } from '../arguments.ts'
import { CliError } from '../cli-error.ts'
import { exitCodes } from '../exit-code.ts'
import { pageOf, showPage } from '../list.ts'
import type { Session } from '../session.ts'
import { type Column, fields, shorten, table } from '../table.ts'
import { withDatabase } from '../with-database.ts'
import { type CliHub, withHub } from '../with-hub.ts'
import { getCase } from './case.ts'

export function addDeliveryCommands(program: Command, actions: Actions): void {
  const group = program.command('delivery').description('Look at what goes out, and send it again.')
  addListOptions(group.command('list'))
    .description('List deliveries that wait or died, or all of a return.')
    .addOption(new Option('--state <state>', 'only those that stand so').choices(deliveryStates))
    .option('--connection <id>', 'only those to a connection')
    .option('--case <id>', 'those of a return, also the delivered ones')
    .action(actions.run(list))
  group
    .command('show')
    .description('Show a delivery and each of its attempts.')
    .argument('<id>', 'its id, as `delivery list` shows it')
    .option('--body', 'also the command itself, which can hold personal data')
    .action(actions.run(show))
  group
    .command('replay')
    .description('Send a dead delivery again, or all that fit.')
    .argument('[id]', 'its id')
    .option('--all', 'all dead deliveries that fit the options below, in place of one')
    .option('--connection <id>', 'with --all: only those to a connection')
    .option('--code <code>', 'with --all: only those that died of this')
    .option('-n, --limit <count>', 'with --all: at most so many', parseMany, 1_000)
    .option('--even-if-delivered', 'with an id: also one that was delivered')
    .action(actions.run(replay))
  group
    .command('discard')
    .description('Give a dead delivery up for good: it stays in the history and is not sent again.')
    .argument('<id>', 'its id')
    .requiredOption('--reason <text>', 'why; kept with it, and in the audit log')
    .action(actions.run(discard))
}

function parseMany(text: string): number {
  return wholeNumber(text, { from: 1, to: 100_000 })
}

interface DeliveryListOptions extends ListOptions {
  readonly state?: DeliveryState
  readonly connection?: string
  readonly case?: string
}

const columns: readonly Column<DeliveryRecord>[] = [
  { title: 'ID', value: formatDeliveryId },
  { title: 'RETURN', value: ({ caseNo }) => caseNo },
  { title: 'CONNECTION', value: ({ connectionId }) => connectionId },
  { title: 'COMMAND', value: ({ commandType }) => commandType },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'TRIES', value: ({ attempts }) => attempts, align: 'right' },
  { title: 'DUE', value: ({ dueAt }) => dueAt },
  { title: 'LAST', value: ({ lastCode, lastOutcome }) => lastCode ?? lastOutcome },
]

const list: Handler<DeliveryListOptions> = (session, { options }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const { state, connection: connectionId, before, limit } = options
    const caseId =
      options.case === undefined ? undefined : (await getCase(pool, options.case)).caseId
    if (caseId === undefined && (state === 'delivered' || state === 'replayed')) {
      throw new CliError('usage', `What is ${state} is found by its return: add --case.`)
    }
    const after = before === undefined ? undefined : placeOf(before)
    const filter = { state, connectionId, caseId }
    const rows = await listDeliveries(pool, { ...filter, after, limit: limit + 1 })
    const page = pageOf(rows, limit, (last) => `${last.connectionId}/${formatDeliveryId(last)}`)
    const items = page.items.map((row) => ({ ...row, deliveryId: formatDeliveryId(row) }))
    showPage(session, { ...page, items }, { columns, none: 'There is no such delivery.' })
  })

/** Where a page ended: the connection and the delivery. */
function placeOf(cursor: string): DeliveryKey & { readonly connectionId: string } {
  const [connectionId = '', id = ''] = cursor.split('/', 2)
  return { connectionId, ...deliveryKeyOf(id) }
}

function deliveryKeyOf(text: string): DeliveryKey {
  const key = parseDeliveryId(text)
  if (key !== null) return key
  throw new CliError(
    'usage',
    `${text} is not the id of a delivery. List them with: backhaul delivery list`,
  )
}

async function getDelivery(pool: Pool, text: string): Promise<DeliveryDetail> {
  const delivery = await findDelivery(pool, deliveryKeyOf(text))
  if (delivery !== null) return delivery
  throw new CliError(
    'notFound',
    `There is no delivery ${text}. List them with: backhaul delivery list`,
  )
}

const show: Handler<{ readonly body?: boolean }> = (session, { args, options }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const { body, ...delivery } = await getDelivery(pool, args[0] ?? '')
    const { caseId, deliveryNo } = delivery
    const attempts = await listAttempts(pool, { caseId, deliveryNos: [deliveryNo] })
    const deliveryId = formatDeliveryId(delivery)
    const shown = {
      ...delivery,
      deliveryId,
      attemptLog: attempts,
      ...(options.body ? { body } : {}),
    }
    session.show(shown, () =>
      describe(session, { delivery, attempts, body: options.body ? body : undefined }),
    )
  })

const attemptColumns: readonly Column<AttemptRecord>[] = [
  { title: 'TRY', value: ({ attempt }) => attempt, align: 'right' },
  { title: 'AT', value: ({ at }) => at },
  { title: 'OUTCOME', value: ({ outcome }) => outcome },
  { title: 'STATUS', value: ({ status }) => status, align: 'right' },
  { title: 'CODE', value: ({ code }) => code },
  { title: 'MS', value: ({ durationMs }) => durationMs, align: 'right' },
  { title: 'REASON', value: ({ reason }) => shorten(reason, 80) },
]

function describe(
  { hasColor }: Session,
  shown: {
    readonly delivery: Omit<DeliveryDetail, 'body'>
    readonly attempts: readonly AttemptRecord[]
    readonly body: unknown
  },
): string {
  const { delivery, attempts, body } = shown
  const head = fields([
    ['Delivery', formatDeliveryId(delivery)],
    ['Return', delivery.caseNo],
    ['Connection', delivery.connectionId],
    ['Role', delivery.role],
    ['Command', delivery.commandType],
    ['Key', delivery.commandKey],
    ['State', delivery.state],
    ['Owed', delivery.createdAt],
    ['Due', delivery.dueAt],
    ['Replays', delivery.replayOf === null ? null : `delivery ${delivery.replayOf} of the return`],
  ])
  const log = attempts.length === 0 ? [] : [table(attempts, attemptColumns, { hasColor })]
  return [head, ...log, ...(body === undefined ? [] : [JSON.stringify(body, null, 2)])].join('\n\n')
}

interface ReplayOptions {
  readonly all?: boolean
  readonly connection?: string
  readonly code?: string
  readonly limit: number
  readonly evenIfDelivered?: boolean
}

const replay: Handler<ReplayOptions> = (session, { args, options }) => {
  const [id] = args
  const isAll = options.all ?? false
  if ((id === undefined) === !isAll) {
    throw new CliError('usage', 'Name one delivery, or add --all to replay all dead ones that fit.')
  }
  return withHub(session, (hub) =>
    id === undefined
      ? replayAll(session, hub, options)
      : replayOne(session, hub, { id, ...options }),
  )
}

async function replayOne(
  session: Session,
  hub: CliHub,
  { id, evenIfDelivered }: { readonly id: string; readonly evenIfDelivered?: boolean },
): Promise<undefined> {
  const delivery = await getDelivery(hub.pool, id)
  if (session.isDryRun) {
    const { state } = delivery
    session.show(
      { isDryRun: true, deliveryId: id, state },
      () => `Would send ${id} again, which is ${state}.`,
    )
    return
  }
  const { caseId, deliveryNo } = delivery
  const replayed = await replayDelivery(hub, { caseId, deliveryNo, evenIfDelivered }, hub.by)
  session.show(
    replayed,
    () =>
      `${replayed.deliveryId} takes the place of ${replayed.replayOf}; the running hub sends it.`,
  )
}

async function replayAll(session: Session, hub: CliHub, options: ReplayOptions) {
  const { connection: connectionId, code, limit } = options
  const { count, sample } = await previewDead(hub, { connectionId, code })
  if (session.isDryRun) {
    session.show(
      { isDryRun: true, count, sample },
      () => `Would send ${Math.min(count, limit)} of ${count} dead deliveries again.`,
    )
    return undefined
  }
  if (count > 0)
    await session.confirm(`Send ${Math.min(count, limit)} of ${count} dead deliveries again?`)
  const done = await replayDead(hub, { connectionId, code, limit }, hub.by)
  session.show(done, () => `${done.replayed} are sent again; ${done.left} that fit are still dead.`)
  return done.left > 0 ? exitCodes.partial : undefined
}

const discard: Handler<{ readonly reason: string }> = (session, { args, options: { reason } }) =>
  withHub(session, async (hub) => {
    const id = args[0] ?? ''
    const { caseId, deliveryNo, state } = await getDelivery(hub.pool, id)
    if (session.isDryRun) {
      const isDead = state === 'dead'
      session.show(
        { isDryRun: true, deliveryId: id, state },
        () => `Would ${isDead ? 'give up' : 'refuse to give up'} ${id}, which is ${state}.`,
      )
      return
    }
    await session.confirm(`Give ${id} up for good?`)
    const what = { keys: [{ caseId, deliveryNo }], limit: 1, reason }
    const { discarded, resolved } = await discardDead(hub, what, hub.by)
    if (discarded === 0) throw new CliError('conflict', `${id} is ${state}, and not dead.`)
    session.show(
      { deliveryId: id, discarded, resolved },
      () => `${id} is given up, and ${resolved} exceptions with it.`,
    )
  })
