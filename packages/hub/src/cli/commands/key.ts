import { type UserRole, userRoles } from '@backhaul/sdk/canonical'
import { type Command, Option } from 'commander'
import { createApiKey, defaultKeyDays, maxKeyDays, revokeApiKey } from '../../pipeline/api-keys.ts'
import { type ApiKey, findApiKey, listApiKeys } from '../../store/api-keys.ts'
import type { Actions, Handler } from '../action.ts'
import { addListOptions, type ListOptions, wholeNumber } from '../arguments.ts'
import { CliError } from '../cli-error.ts'
import { showPage } from '../list.ts'
import type { Column } from '../table.ts'
import { withDatabase } from '../with-database.ts'
import { withHub } from '../with-hub.ts'

export function addKeyCommands(program: Command, actions: Actions): void {
  const group = program
    .command('key')
    .description('Make and revoke keys for the API and the console.')
  group
    .command('create')
    .description('Make a key. It is shown this once, on stdout.')
    .argument('<name>', 'what it is for')
    .addOption(
      new Option('--role <role>', 'what it may do').choices(userRoles).makeOptionMandatory(),
    )
    .option('--connection <id>', 'it speaks for this connection only; with --role machine')
    .option('--days <count>', 'how long it is good', parseDays, defaultKeyDays)
    .action(actions.run(create))
  addListOptions(group.command('list'))
    .description('List keys, without their secrets.')
    .action(actions.run(list))
  group
    .command('revoke')
    .description('Make a key useless, from now on.')
    .argument('<id>', 'its id, as `key list` shows it')
    .action(actions.run(revoke))
}

function parseDays(text: string): number {
  return wholeNumber(text, { from: 1, to: maxKeyDays })
}

interface CreateOptions {
  readonly role: UserRole
  readonly connection?: string
  readonly days: number
}

const create: Handler<CreateOptions> = (session, { args, options }) =>
  withHub(session, async (hub) => {
    const name = (args[0] ?? '').trim()
    if (name === '' || name.length > 200)
      throw new CliError('usage', 'Say what the key is for, in 1 to 200 letters.')
    const { role, connection: connectionId, days: expiresInDays } = options
    const input = { name, role, connectionId, expiresInDays }
    if (session.isDryRun) {
      session.show(
        { isDryRun: true, ...input },
        () => `Would make a key with the role ${role} for ${name}.`,
      )
      return
    }
    const { apiKey, key } = await createApiKey(hub, input, hub.by)
    session.say(
      `Keep it now: it is not shown again. It is good until ${apiKey.expiresAt?.toISOString() ?? 'it is revoked'}.`,
    )
    session.show({ ...apiKey, key }, () => key)
  })

const columns: readonly Column<ApiKey>[] = [
  { title: 'ID', value: ({ keyId }) => keyId },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'ROLE', value: ({ role }) => role },
  { title: 'CONNECTION', value: ({ connectionId }) => connectionId },
  { title: 'CREATED', value: ({ createdAt }) => createdAt },
  { title: 'BY', value: ({ createdBy }) => createdBy },
  { title: 'EXPIRES', value: ({ expiresAt }) => expiresAt },
  { title: 'REVOKED', value: ({ revokedAt }) => revokedAt },
  { title: 'LAST USED', value: ({ lastUsedAt }) => lastUsedAt },
]

const list: Handler<ListOptions> = (session, { options: { limit, before: after } }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const page = await listApiKeys(pool, { after, limit })
    showPage(session, page, { columns, none: 'There is no key.' })
  })

const revoke: Handler<object> = (session, { args }) =>
  withHub(session, async (hub) => {
    const keyId = args[0] ?? ''
    const key = await findApiKey(hub.pool, keyId)
    if (key === null) {
      throw new CliError('notFound', `There is no key ${keyId}. List them with: backhaul key list`)
    }
    if (session.isDryRun) {
      session.show({ isDryRun: true, keyId }, () => `Would revoke the key ${keyId} (${key.name}).`)
      return
    }
    await session.confirm(
      `Revoke the key ${keyId} (${key.name})? Whoever uses it is turned away at once.`,
    )
    const revoked = await revokeApiKey(hub, { keyId }, hub.by)
    session.show(revoked, () => `Revoked ${keyId}.`)
  })
