import { type Axis, axes, type SystemRole, systemRoles } from '@backhaul/sdk/canonical'
import { Argument, type Command } from 'commander'
import {
  listAuthority,
  listRoutes,
  type StoredAuthority,
  type StoredRoute,
} from '../../store/connections.ts'
import type { RowScope } from '../../store/row-scope.ts'
import type { Actions, Handler } from '../action.ts'
import { showPage } from '../list.ts'
import type { Column } from '../table.ts'
import { withDatabase } from '../with-database.ts'
import { withHub } from '../with-hub.ts'

/** Where and when it holds, as the command line names it. */
interface ScopeOptions {
  readonly company?: string
  readonly warehouse?: string
  readonly channel?: string
  readonly from?: string
  readonly to?: string
}

export function addRouteCommands(program: Command, actions: Actions): void {
  const group = program.command('route').description('Say which system plays a role, and where.')
  group.command('list').description('List the routes.').action(actions.run(list))
  const role = new Argument('<role>', 'the part that is played').choices(systemRoles)
  addScope(group.command('set').description('Give a role to a connection.'))
    .addArgument(role)
    .argument('<connection>', 'its id')
    .option('--to <time>', 'the first moment at which it no longer holds')
    .action(actions.run(set))
  addScope(group.command('clear').description('Take a route away.'))
    .addArgument(role)
    .action(actions.run(clear))
}

export function addAuthorityCommands(program: Command, actions: Actions): void {
  const group = program.command('authority').description('Say whose word counts, and where.')
  group
    .command('list')
    .description('List what differs from the default.')
    .action(actions.run(listOwners))
  addScope(
    group.command('set').description('Name the roles that own an axis; none for the default.'),
  )
    .addArgument(new Argument('<axis>', 'what it is about').choices(axes))
    .addArgument(new Argument('[roles...]', 'who owns it').choices(systemRoles))
    .option('--to <time>', 'the first moment at which it no longer holds')
    .action(actions.run(setOwners))
}

function addScope(command: Command): Command {
  return command
    .option('--company <company>', 'only for returns of a company')
    .option('--warehouse <warehouse>', 'only for returns to a warehouse')
    .option('--channel <channel>', 'only for returns through a channel')
    .option('--from <time>', 'from this moment on')
}

const scopeColumns: readonly Column<RowScope>[] = [
  { title: 'COMPANY', value: ({ company }) => company },
  { title: 'WAREHOUSE', value: ({ warehouse }) => warehouse },
  { title: 'CHANNEL', value: ({ channel }) => channel },
  { title: 'FROM', value: ({ validFrom }) => validFrom },
  { title: 'TO', value: ({ validTo }) => validTo },
]

const routeColumns: readonly Column<StoredRoute>[] = [
  { title: 'ROLE', value: ({ role }) => role },
  { title: 'CONNECTION', value: ({ connectionId }) => connectionId },
  ...scopeColumns,
]

const list: Handler<object> = (session) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const page = { items: await listRoutes(pool), next: null }
    showPage(session, page, { columns: routeColumns, none: 'There is no route.' })
  })

const ownerColumns: readonly Column<StoredAuthority>[] = [
  { title: 'AXIS', value: ({ axis }) => axis },
  { title: 'ROLE', value: ({ role }) => role },
  ...scopeColumns,
]

const listOwners: Handler<object> = (session) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const page = { items: await listAuthority(pool), next: null }
    showPage(session, page, { columns: ownerColumns, none: 'Every axis is owned by default.' })
  })

/** The scope as the API takes it; the time of the end where there is one. */
function scopeOf({ company, warehouse, channel, from, to }: ScopeOptions) {
  return {
    ...(company === undefined ? {} : { company }),
    ...(warehouse === undefined ? {} : { warehouse }),
    // Checked with the rest of the input.
    ...(channel === undefined ? {} : { channel: channel as 'support' }),
    ...(from === undefined ? {} : { validFrom: from }),
    ...(to === undefined ? {} : { validTo: to }),
  }
}

const set: Handler<ScopeOptions> = (session, { args, options }) =>
  withHub(session, async ({ connections, by }) => {
    const [role, connectionId = ''] = args
    const route = { role: role as SystemRole, connectionId, ...scopeOf(options) }
    if (session.isDryRun) {
      session.show({ isDryRun: true, ...route }, () => `Would give ${role} to ${connectionId}.`)
      return
    }
    await connections.setRoute(route, by)
    session.show(route, () => `${connectionId} plays ${role}.`)
  })

const clear: Handler<ScopeOptions> = (session, { args, options }) =>
  withHub(session, async ({ connections, by }) => {
    const route = { role: args[0] as SystemRole, ...scopeOf(options) }
    if (session.isDryRun) {
      session.show(
        { isDryRun: true, ...route },
        () => `Would take the route of ${route.role} away.`,
      )
      return
    }
    await connections.clearRoute(route, by)
    session.show(route, () => `The route of ${route.role} is gone.`)
  })

const setOwners: Handler<ScopeOptions> = (session, { args, options }) =>
  withHub(session, async ({ connections, by }) => {
    const [axis, roles] = args as unknown as [Axis, SystemRole[]]
    const authority = { axis, roles: [...roles], ...scopeOf(options) }
    const owners = roles.length === 0 ? 'its default owners' : roles.join(', ')
    if (session.isDryRun) {
      session.show({ isDryRun: true, ...authority }, () => `Would give ${axis} to ${owners}.`)
      return
    }
    await connections.setAuthority(authority, by)
    session.show(authority, () => `${axis} is owned by ${owners}.`)
  })
