import { type Command, Option } from 'commander'
import {
  type ChangedUser,
  changeUser,
  createUser,
  resetPassword,
} from '../../pipeline/accounts/manage-users.ts'
import { createPasswords } from '../../platform/crypto/password.ts'
import { findUserByEmail, listUsers, type PersonRole, type User } from '../../store/users.ts'
import type { Actions, Handler } from '../action.ts'
import { addListOptions, type ListOptions } from '../arguments.ts'
import { CliError } from '../cli-error.ts'
import { showPage } from '../list.ts'
import type { Session } from '../session.ts'
import type { Column } from '../table.ts'
import { withDatabase } from '../with-database.ts'
import { type CliHub, withHub } from '../with-hub.ts'

const roles = ['admin', 'integrator', 'agent', 'warehouse', 'finance', 'auditor'] as const

export function addUserCommands(program: Command, actions: Actions): void {
  const group = program.command('user').description('Let people sign in to the console, or not.')
  group
    .command('create')
    .description('Let somebody sign in. Their first password is shown this once, on stdout.')
    .argument('<email>', 'what they sign in with')
    .requiredOption('--name <name>', 'what they are called')
    .addOption(new Option('--role <role>', 'what they may do').choices(roles).makeOptionMandatory())
    .action(actions.run(create))
  addListOptions(group.command('list'))
    .description('List people, with their roles.')
    .action(actions.run(list))
  group
    .command('set-role')
    .description('Let somebody do more, or less; their sessions end.')
    .argument('<email>')
    .addOption(new Option('--role <role>', 'what they may do').choices(roles).makeOptionMandatory())
    .action(actions.run(setRole))
  group
    .command('disable')
    .description('Close an account; its sessions end.')
    .argument('<email>')
    .action(actions.run(setDisabled(true)))
  group
    .command('enable')
    .description('Open a closed account again.')
    .argument('<email>')
    .action(actions.run(setDisabled(false)))
  group
    .command('reset-password')
    .description('Make a password to come in with once; sessions end. It is shown on stdout.')
    .argument('<email>')
    .action(actions.run(reset))
}

const create: Handler<{ readonly name: string; readonly role: PersonRole }> = (
  session,
  { args, options: { name, role } },
) =>
  withHub(session, async (hub) => {
    const email = (args[0] ?? '').trim()
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) {
      throw new CliError('usage', `${email} is no e-mail address.`)
    }
    const input = { email, name, role, language: null }
    if (session.isDryRun) {
      session.show({ isDryRun: true, ...input }, () => `Would let ${email} in as ${role}.`)
      return
    }
    const made = await createUser({ ...hub, passwords: createPasswords() }, input, hub.by)
    session.say('Pass it on now: it is not shown again, and has to be changed with its first use.')
    session.show(
      { ...made.user, oneTimePassword: made.oneTimePassword },
      () => made.oneTimePassword,
    )
  })

const columns: readonly Column<User>[] = [
  { title: 'E-MAIL', value: ({ email }) => email },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'ROLE', value: ({ role }) => role },
  { title: 'CLOSED', value: ({ disabledAt }) => disabledAt },
  { title: 'CREATED', value: ({ createdAt }) => createdAt },
  { title: 'LAST SIGN-IN', value: ({ lastSignInAt }) => lastSignInAt },
]

const list: Handler<ListOptions> = (session, { options: { limit, before: after } }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const page = await listUsers(pool, { after, limit })
    showPage(session, page, { columns, none: 'There is nobody.' })
  })

const setRole: Handler<{ readonly role: PersonRole }> = (session, { args, options: { role } }) =>
  withHub(session, async (hub) => {
    const { userId, email } = await userOf(hub, args[0])
    await change(session, `Make ${email} ${role}? Their sessions end.`, () =>
      changeUser(hub, { userId, role }, hub.by),
    )
  })

function setDisabled(isDisabled: boolean): Handler<object> {
  return (session, { args }) =>
    withHub(session, async (hub) => {
      const { userId, email } = await userOf(hub, args[0])
      const question = isDisabled
        ? `Close the account of ${email}? Their sessions end.`
        : `Open the account of ${email} again?`
      await change(session, question, () => changeUser(hub, { userId, isDisabled }, hub.by))
    })
}

async function change(
  session: Session,
  question: string,
  work: () => Promise<ChangedUser>,
): Promise<void> {
  if (session.isDryRun) {
    session.show({ isDryRun: true, question }, () => `Would ask: ${question}`)
    return
  }
  await session.confirm(question)
  const { user, endedSessions } = await work()
  session.show(
    { ...user, endedSessions },
    () => `${user.email}: ${user.role}. Sessions ended: ${endedSessions.length}.`,
  )
}

const reset: Handler<object> = (session, { args }) =>
  withHub(session, async (hub) => {
    const { userId, email } = await userOf(hub, args[0])
    if (session.isDryRun) {
      session.show({ isDryRun: true, email }, () => `Would reset the password of ${email}.`)
      return
    }
    await session.confirm(`Reset the password of ${email}? Their sessions end.`)
    const deps = { ...hub, passwords: createPasswords() }
    const made = await resetPassword(deps, { userId }, hub.by)
    session.say('Pass it on now: it is not shown again, and has to be changed with its first use.')
    session.show(
      { ...made.user, oneTimePassword: made.oneTimePassword },
      () => made.oneTimePassword,
    )
  })

async function userOf({ pool }: CliHub, email = ''): Promise<User> {
  const user = await findUserByEmail(pool, email)
  if (user !== null) return user
  throw new CliError(
    'notFound',
    `There is nobody with ${email}. List them with: backhaul user list`,
  )
}
