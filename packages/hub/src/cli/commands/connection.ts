import type { DeliveryCode } from '@backhaul/sdk'
import { type ConnectionId, type SystemRole, systemRoles } from '@backhaul/sdk/canonical'
import { type Command, Option } from 'commander'
import { createRegistry } from '../../connect/registry.ts'
import { type ShownConnection, showConnection } from '../../connect/shown-connection.ts'
import { beginAuthorization } from '../../pipeline/authorize-connection.ts'
import { checkAndKeep } from '../../pipeline/checks/check-due.ts'
import { type KeptCheck, listChecks } from '../../store/connection-checks.ts'
import { getConnection, listConnections } from '../../store/connections.ts'
import type { Actions, Handler } from '../action.ts'
import { addListOptions, collect, type ListOptions } from '../arguments.ts'
import { exitCodes } from '../exit-code.ts'
import { showPage } from '../list.ts'
import { readSettings } from '../read-settings.ts'
import type { Session } from '../session.ts'
import { type Column, fields } from '../table.ts'
import { withDatabase } from '../with-database.ts'
import { type CliHub, withHub } from '../with-hub.ts'

export function addConnectionCommands(program: Command, actions: Actions): void {
  const group = program.command('connection').description('Connect systems.')
  addListOptions(group.command('list')).description('List connections.').action(actions.run(list))
  group
    .command('show')
    .description('Show a connection, its secrets masked.')
    .argument('<id>', 'its id')
    .action(actions.run(show))
  group
    .command('create')
    .description('Make a connection. Its settings come from a file or from stdin.')
    .argument('<id>', 'what it shall be called, such as web-shop')
    .requiredOption('--connector <key>', 'which kind of system it is')
    .requiredOption('--title <text>', 'its name for people')
    .addOption(
      new Option('--role <roles>', `parts that it plays: ${systemRoles.join(', ')}`)
        .argParser(collect)
        .makeOptionMandatory(),
    )
    .option('--subscribe <types>', 'events that it is told of, such as return.* or *', collect, [])
    .option('--settings <file>', 'YAML or JSON with what the connector needs; - for stdin')
    .action(actions.run(create))
  for (const [name, does] of Object.entries(stateCommands)) {
    group
      .command(name)
      .description(does.description)
      .argument('<id>', 'its id')
      .option('--reason <text>', 'why')
      .action(
        actions.run<{ readonly reason?: string }>((session, given) =>
          setState(session, name as StateCommand, given),
        ),
      )
  }
  group
    .command('test')
    .description('Ask the system whether it takes our calls, with its credentials and from here.')
    .argument('<id>', 'its id')
    .action(actions.run(test))
  group
    .command('authorize')
    .description(
      'Have a person agree that the hub speaks for them: prints the address where they do.',
    )
    .argument('<id>', 'its id')
    .action(actions.run(authorize))
}

const columns: readonly Column<ShownConnection>[] = [
  { title: 'ID', value: ({ connectionId }) => connectionId },
  { title: 'TITLE', value: ({ title }) => title },
  { title: 'CONNECTOR', value: ({ connector }) => connector },
  { title: 'ROLES', value: ({ roles }) => roles.join(' ') },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'REASON', value: ({ stateReason }) => stateReason },
]

const list: Handler<ListOptions> = (session, { options: { limit, before: after } }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const registry = createRegistry(await session.context.connectors())
    const { items, next } = await listConnections(pool, { after, limit })
    const page = { items: items.map((row) => showConnection(row, registry)), next }
    showPage(session, page, { columns, none: 'There is no connection.' })
  })

const show: Handler<object> = (session, { args }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const registry = createRegistry(await session.context.connectors())
    const connection = showConnection(await getConnection(pool, args[0] ?? ''), registry)
    const [lastCheck = null] = await listChecks(pool, connection.connectionId)
    showOne(session, connection, lastCheck)
  })

function showOne(
  session: Session,
  connection: ShownConnection,
  lastCheck?: KeptCheck | null,
): void {
  session.show(lastCheck === undefined ? connection : { ...connection, lastCheck }, () => {
    const head = fields([
      ['Connection', connection.connectionId],
      ['Title', connection.title],
      ['Connector', connection.connector],
      ['Roles', connection.roles.join(', ')],
      ['Told of', connection.subscriptions.join(', ')],
      ['State', connection.state],
      ['Reason', connection.stateReason],
      ['Version', connection.version],
      ['Created', connection.createdAt],
      ['Updated', connection.updatedAt],
      ...checkFields(lastCheck),
    ])
    return `${head}\n\n${JSON.stringify(connection.config, null, 2)}`
  })
}

function checkFields(check: KeptCheck | null | undefined): Parameters<typeof fields>[0] {
  if (check === null || check === undefined) return []
  const { checkedAt, isFine, code, reason, notes, failingSince, credentialExpiresAt } = check
  return [
    ['Checked', checkedAt],
    ['Answers', isFine],
    ['Fails since', failingSince],
    ['Code', code],
    ['Why', reason],
    ['Notes', notes.join(' ')],
    ['Credentials until', credentialExpiresAt],
  ]
}

interface CreateOptions {
  readonly connector: string
  readonly title: string
  readonly role: readonly SystemRole[]
  readonly subscribe: readonly string[]
  readonly settings?: string
}

const create: Handler<CreateOptions> = (session, { args, options }) =>
  withHub(session, async ({ connections, by }) => {
    const input = {
      connectionId: args[0] ?? '',
      connector: options.connector,
      title: options.title,
      roles: [...options.role],
      subscriptions: [...options.subscribe],
      config: await readSettings(session, options.settings),
    }
    if (session.isDryRun) {
      const { config, ...shown } = input
      const settings = Object.keys(config)
      session.show(
        { isDryRun: true, ...shown, settings },
        () => `Would make the connection ${input.connectionId}.`,
      )
      return
    }
    const { connection, addressToken } = await connections.createConnection(input, by)
    if (session.isJson) {
      session.show({ connection, addressToken }, () => '')
      return
    }
    showOne(session, connection)
    if (addressToken !== null) {
      session.say(
        'The last part of its webhook address follows. Keep it now: it is not shown again.',
      )
      session.show(null, () => addressToken)
    }
  })

const stateCommands = {
  pause: { description: 'Let what is owed to a connection wait.', isAsked: false },
  resume: { description: 'Send to a connection again.', isAsked: false },
  disable: { description: 'Owe a connection nothing any more.', isAsked: true },
} as const

type StateCommand = keyof typeof stateCommands

function setState(
  session: Session,
  name: StateCommand,
  {
    args,
    options,
  }: { readonly args: readonly string[]; readonly options: { readonly reason?: string } },
): Promise<void> {
  return withHub(session, async (hub) => {
    const { connectionId, title, state } = await hub.connections.showConnection(args[0] ?? '')
    if (session.isDryRun) {
      session.show(
        { isDryRun: true, action: name, connectionId, state },
        () => `Would ${name} ${connectionId}, which is ${state}.`,
      )
      return
    }
    if (stateCommands[name].isAsked) {
      await session.confirm(
        `Disable ${connectionId} (${title})? What happens meanwhile is never sent to it.`,
      )
    }
    const change = { connectionId, reason: options.reason }
    showOne(session, await changeState(hub, name, change))
  })
}

function changeState(
  { connections, by }: CliHub,
  name: StateCommand,
  change: { readonly connectionId: string; readonly reason: string | undefined },
): Promise<ShownConnection> {
  switch (name) {
    case 'pause':
      return connections.pauseConnection(change, by)
    case 'resume':
      return connections.resumeConnection(change, by)
    case 'disable':
      return connections.disableConnection(change, by)
  }
}

const test: Handler<object> = (session, { args }) =>
  withHub(session, async (hub) => {
    const [connectionId = ''] = args
    const tested = await checkAndKeep(hub, connectionId as ConnectionId)
    session.show({ connectionId, ...tested }, () =>
      fields([
        ['Connection', connectionId],
        ['Answers', tested.isFine],
        ['Account', tested.account],
        ['Took', `${tested.durationMs} ms`],
        ['Code', tested.code],
        ['Reason', tested.reason],
        ['Notes', tested.notes.join(' ')],
        ['Credentials until', tested.credentialExpiresAt],
      ]),
    )
    if (tested.isFine) return undefined
    const refused: DeliveryCode = 'AUTH_REJECTED'
    return tested.code === refused ? exitCodes.auth : exitCodes.unavailable
  })

const authorize: Handler<object> = (session, { args }) =>
  withHub(session, async (hub) => {
    const [connectionId = ''] = args
    if (session.isDryRun) {
      session.show(
        { isDryRun: true, connectionId },
        () => `Would begin to authorize ${connectionId}.`,
      )
      return
    }
    const { url, minutes } = await beginAuthorization(hub, connectionId, hub.by)
    session.say(
      `Open this address within ${minutes} minutes, as the person that the hub is to speak for.`,
    )
    session.show({ connectionId, url, minutes }, () => url)
  })
