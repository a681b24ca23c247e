import type { Command } from 'commander'
import { getBulk, stopBulk } from '../../pipeline/bulk/bulk-operations.ts'
import { parseId } from '../../platform/ids.ts'
import {
  type BulkItem,
  type BulkOperation,
  findBulk,
  listBulk,
  listBulkItems,
} from '../../store/bulk-operations.ts'
import type { Actions, Handler } from '../action.ts'
import { addListOptions, type ListOptions } from '../arguments.ts'
import { CliError } from '../cli-error.ts'
import { pageOf, showPage } from '../list.ts'
import { type Column, fields } from '../table.ts'
import { withDatabase } from '../with-database.ts'
import { withHub } from '../with-hub.ts'

export function addOperationCommands(program: Command, actions: Actions): void {
  const group = program
    .command('operation')
    .description('Look at what was asked for many things at once, and call it off.')
  addListOptions(group.command('list'))
    .description('List operations, the newest first.')
    .action(actions.run(list))
  group
    .command('show')
    .description('Show how far an operation has come, and what failed.')
    .argument('<id>', 'its id')
    .action(actions.run(show))
  group
    .command('cancel')
    .description('Call an operation off: what is done stays done.')
    .argument('<id>', 'its id')
    .action(actions.run(cancel))
}

const columns: readonly Column<BulkOperation>[] = [
  { title: 'ID', value: ({ operationId }) => operationId },
  { title: 'WHAT', value: ({ kind }) => kind },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'DONE', value: ({ done }) => done },
  { title: 'FAILED', value: ({ failed }) => failed },
  { title: 'OF', value: ({ total }) => total },
  { title: 'WHO', value: ({ actor }) => actor },
  { title: 'ASKED', value: ({ createdAt }) => createdAt },
  { title: 'ENDED', value: ({ endedAt }) => endedAt },
]

const list: Handler<ListOptions> = (session, { options: { limit, before } }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const last = before === undefined ? null : await findBulk(pool, idOf(before))
    const rows = await listBulk(pool, { after: last ?? undefined, limit: limit + 1 })
    const page = pageOf(rows, limit, ({ operationId }) => operationId)
    showPage(session, page, { columns, none: 'There is no such operation.' })
  })

const shownFailures = 100

const show: Handler<object> = (session, { args }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const operation = await getBulk({ pool }, idOf(args[0] ?? ''))
    const { operationId } = operation
    const page = { operationId, state: 'failed', limit: shownFailures } as const
    const failures = await listBulkItems(pool, page)
    session.show({ ...operation, failures }, () => textOf(operation, failures))
  })

function textOf(operation: BulkOperation, failures: readonly BulkItem[]): string {
  const facts = fields(columns.map(({ title, value }) => [title, value(operation)]))
  const why = failures.map(({ label, code, detail }) => `${label}: ${code} ${detail}`)
  return [facts, ...why].join('\n')
}

const cancel: Handler<object> = (session, { args }) =>
  withHub(session, async ({ pool, record, by }) => {
    const { operationId } = await getBulk({ pool }, idOf(args[0] ?? ''))
    if (session.isDryRun) {
      const wouldDo = { action: 'cancel', operationId }
      session.show({ wouldDo }, () => `Would call the operation ${operationId} off.`)
      return
    }
    const stopped = await stopBulk({ pool, record }, operationId, by)
    session.show(stopped, () => `The operation is ${stopped.state}.`)
  })

function idOf(text: string): string {
  const id = parseId(text)
  if (id !== null) return id
  throw new CliError(
    'usage',
    `${text} is not the id of an operation. List them with: backhaul operation list`,
  )
}
