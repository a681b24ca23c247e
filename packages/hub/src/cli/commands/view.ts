import type { Command } from 'commander'
import { removeAnyView } from '../../pipeline/accounts/saved-views.ts'
import { parseId } from '../../platform/ids.ts'
import { listAllViews, type SavedView } from '../../store/saved-views.ts'
import type { Actions, Handler } from '../action.ts'
import { addListOptions, type ListOptions } from '../arguments.ts'
import { CliError } from '../cli-error.ts'
import { pageOf, showPage } from '../list.ts'
import type { Column } from '../table.ts'
import { withDatabase } from '../with-database.ts'
import { withHub } from '../with-hub.ts'

export function addViewCommands(program: Command, actions: Actions): void {
  const group = program
    .command('view')
    .description('Look at the lists that people keep under a name, and remove them.')
  addListOptions(group.command('list'))
    .description('List views of everybody, the newest first.')
    .action(actions.run(list))
  group
    .command('delete')
    .description('Remove a view, its owner’s own as well as one that is shared.')
    .argument('<id>', 'its id')
    .action(actions.run(remove))
}

const columns: readonly Column<SavedView>[] = [
  { title: 'ID', value: ({ viewId }) => viewId },
  { title: 'LIST', value: ({ screen }) => screen },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'OWNER', value: ({ ownerName }) => ownerName },
  { title: 'SHARED', value: ({ isShared }) => (isShared ? 'yes' : 'no') },
  { title: 'CHANGED', value: ({ changedAt }) => changedAt },
]

const list: Handler<ListOptions> = (session, { options: { limit, before } }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const last = before === undefined ? undefined : idOf(before)
    const rows = await listAllViews(pool, { before: last, limit: limit + 1 })
    const page = pageOf(rows, limit, ({ viewId }) => viewId)
    showPage(session, page, { columns, none: 'Nobody keeps a view.' })
  })

const remove: Handler<object> = (session, { args }) =>
  withHub(session, async ({ pool, record, by }) => {
    const viewId = idOf(args[0] ?? '')
    if (session.isDryRun) {
      session.show({ wouldDo: { action: 'delete', viewId } }, () => `Would remove view ${viewId}.`)
      return
    }
    await session.confirm(`Remove the view ${viewId}?`)
    const view = await removeAnyView({ pool, record }, viewId, by)
    session.show(view, () => `The view “${view.name}” of ${view.ownerName} is removed.`)
  })

function idOf(text: string): string {
  const id = parseId(text)
  if (id !== null) return id
  throw new CliError('usage', `${text} is not the id of a view. List them with: backhaul view list`)
}
