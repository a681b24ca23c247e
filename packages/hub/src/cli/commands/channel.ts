import { type SystemRole, systemRoles } from '@backhaul/sdk/canonical'
import { type Command, Option } from 'commander'
import type { NewConnection } from '../../connect/connection-input.ts'
import { planConfig } from '../../pipeline/apply-config.ts'
import { type Channel, type ChannelManifest, filesFor } from '../../pipeline/channels.ts'
import type { Actions, Handler } from '../action.ts'
import { collect } from '../arguments.ts'
import { CliError } from '../cli-error.ts'
import { listChannels, readChannel } from '../read-channel.ts'
import { readSettings } from '../read-settings.ts'
import type { Session } from '../session.ts'
import { type Column, fields, table } from '../table.ts'
import { type CliHub, withHub } from '../with-hub.ts'
import { wordDeps } from '../words.ts'
import { exitCodeOf, type Outcome, showOutcomes, takeItem } from './apply.ts'

export function addChannelCommands(program: Command, actions: Actions): void {
  const group = program
    .command('channel')
    .description('Connect marketplaces, shops and files by documents that come with the hub.')
  group.command('list').description('List them.').action(actions.run(list))
  group
    .command('show')
    .description('Show what a channel reads and sends, and what its connection needs.')
    .argument('<key>', 'which channel')
    .action(actions.run(show))
  group
    .command('install')
    .description(
      'Make a connection of a channel, with its words and its documents in force. Done again, it brings them up to date.',
    )
    .argument('<key>', 'which channel')
    .requiredOption('--as <connection>', 'what the connection is called, such as amazon-us')
    .option('--title <text>', "its name for people, in place of the channel's")
    .addOption(
      new Option('--role <roles>', `further roles: ${systemRoles.join(', ')}`)
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--settings <file>', 'YAML or JSON with what the connector needs; - for stdin')
    .action(actions.run(install))
}

const columns: readonly Column<ChannelManifest>[] = [
  { title: 'CHANNEL', value: ({ key }) => key },
  { title: 'TITLE', value: ({ title }) => title },
  { title: 'ROLES', value: ({ roles }) => roles.join(' ') },
  { title: 'ABOUT', value: ({ about }) => about },
]

const list: Handler<object> = async (session) => {
  const channels = await listChannels(await session.context.channelsDir())
  const items = channels.map(({ manifest }) => manifest)
  session.show({ items }, () => table(items, columns, session))
}

const show: Handler<object> = async (session, { args }) => {
  const { manifest } = await readChannel(await session.context.channelsDir(), args[0] ?? '')
  session.show(manifest, () => describe(manifest, session))
}

function describe(manifest: ChannelManifest, session: Session): string {
  const head = fields([
    ['Channel', manifest.key],
    ['Title', manifest.title],
    ['About', manifest.about],
    ['Connector', manifest.connector],
    ['Roles', manifest.roles.join(', ')],
    ...Object.entries(manifest.mayPlay).map(([role, what]) => [`or ${role}`, what] as const),
  ])
  const documents = table(
    manifest.documents,
    [
      { title: 'DOCUMENT', value: ({ name }) => name },
      { title: 'DIRECTION', value: ({ direction }) => direction },
      { title: 'BY', value: ({ by }) => by },
      { title: 'NEEDS', value: ({ needs }) => needs },
      { title: 'WHAT', value: ({ what }) => what },
    ],
    session,
  )
  return `${head}\n\n${documents}\n\n${fields(Object.entries(manifest.config))}`
}

interface InstallOptions {
  readonly as: string
  readonly title?: string
  readonly role: readonly string[]
  readonly settings?: string
}

const install: Handler<InstallOptions> = async (session, { args, options }) => {
  const channel = await readChannel(await session.context.channelsDir(), args[0] ?? '')
  const roles = rolesOf(channel.manifest, options.role)
  const config = await readSettings(session, options.settings)
  return withHub(session, async (hub) => {
    const isThere = refuseOther(hub, channel, options.as)
    if (session.isDryRun) {
      sayPlan(session, channel, { connectionId: options.as, isThere })
      return undefined
    }
    const title = options.title ?? channel.manifest.title
    const given = { connectionId: options.as, title, roles, config }
    const addressToken = isThere ? null : await connect(hub, channel, given)
    const outcomes = await setUp(hub, channel, options.as)
    showOutcomes(session, outcomes, { connectionId: options.as, addressToken })
    if (addressToken !== null && !session.isJson) {
      session.say(
        `Its webhook addresses end in what follows: /webhooks/${options.as}/<document>/<this>. Keep it now: it is not shown again.`,
      )
      session.show(null, () => addressToken)
    }
    return exitCodeOf(outcomes)
  })
}

function sayPlan(
  session: Session,
  { manifest }: Channel,
  { connectionId, isThere }: { readonly connectionId: string; readonly isThere: boolean },
): void {
  const documents = manifest.documents.map(({ name }) => name)
  session.show({ isDryRun: true, connectionId, isThere, documents }, () => {
    const made = isThere ? 'bring up to date' : 'make'
    return `Would ${made} the connection ${connectionId} of ${manifest.title}: ${documents.join(', ')}.`
  })
}

/** @throws {CliError} for a role that the channel is not made for. */
function rolesOf({ key, roles, mayPlay }: ChannelManifest, asked: readonly string[]): SystemRole[] {
  const known = new Set<string>([...roles, ...Object.keys(mayPlay)])
  const strange = asked.filter((one) => !known.has(one))
  if (strange.length > 0) {
    throw new CliError('usage', `${key} plays ${[...known].join(', ')}, not ${strange.join(', ')}.`)
  }
  return [...new Set([...roles, ...(asked as SystemRole[])])]
}

/** @returns whether the connection is there. @throws {CliError} when it is one of another connector. */
function refuseOther({ connections }: CliHub, { manifest }: Channel, id: string): boolean {
  const connection = connections.get(id)
  if (connection === undefined) return false
  if (connection.connectorKey === manifest.connector) return true
  throw new CliError('conflict', `The connection ${id} is there, and has another connector.`)
}

/** @returns the last part of its webhook address, where it has one. */
async function connect(
  { connections, by }: CliHub,
  { manifest: { connector } }: Channel,
  given: Omit<NewConnection, 'connector'>,
): Promise<string | null> {
  return (await connections.createConnection({ ...given, connector }, by)).addressToken
}

/** Puts words and documents in force, as far as they are not yet. */
async function setUp(hub: CliHub, channel: Channel, connectionId: string): Promise<Outcome[]> {
  const files = filesFor(channel, connectionId)
  const items = await planConfig(wordDeps(hub), { files, folders: [], prune: false })
  const outcomes: Outcome[] = []
  for (const item of items) outcomes.push(await takeItem(hub, item))
  return outcomes
}
