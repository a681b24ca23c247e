import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { embeddedDatabaseFailure } from './failure.ts'

/** As whom the database's processes run. */
export type Account =
  /** The user that runs the hub. */
  | { readonly kind: 'self' }
  /** Another user, since the hub's is root, whom PostgreSQL refuses. */
  | { readonly kind: 'other'; readonly name: string; readonly uid: number; readonly gid: number }
  /**
   * Root, in a user namespace that gives it no name and no rights beyond those of its files'
   * owner: for a root that may not become anybody else, as in some sandboxes.
   */
  | { readonly kind: 'nameless' }

/** Accounts that are made to own nothing of value, best first. */
const unprivilegedAccounts = ['postgres', 'nobody']

/** Whom to run as: the hub's user, unless that is root. */
export async function chooseAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return { kind: 'self' }
  const other = await findUnprivileged()
  if (other && (await canRunAs(other))) return other
  const nameless = { kind: 'nameless' } as const
  if (await canRunAs(nameless)) return nameless
  throw embeddedDatabaseFailure(
    'PostgreSQL does not run as root, and the hub, which does, can start it neither as ' +
      `${unprivilegedAccounts.join(' nor as ')}. Start the hub as an ordinary user, or set ` +
      'DATABASE_URL.',
  )
}

async function findUnprivileged(): Promise<Account | null> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  for (const wanted of unprivilegedAccounts) {
    const [name, , uid, gid] = lines.find(([found]) => found === wanted) ?? []
    if (name && Number(uid) > 0) return { kind: 'other', name, uid: Number(uid), gid: Number(gid) }
  }
  return null
}

async function canRunAs(account: Account): Promise<boolean> {
  return (await run(account, '/bin/sh', ['-c', 'exit 0'])).isOk
}

/** To whom the hub has to give what the database's processes own; null where that is itself. */
export function ownerOf(account: Account): { readonly uid: number; readonly gid: number } | null {
  return account.kind === 'other' ? { uid: account.uid, gid: account.gid } : null
}

/**
 * Starts a process of the database. Its environment is its own, since the hub's may hold secrets,
 * and its folder one that any account may be in.
 *
 * @throws an error of the system, for some of the reasons for which it cannot be started; for
 *   others the child emits `error`.
 */
export function spawnAs(
  account: Account,
  [program, ...args]: readonly [string, ...string[]],
  options: Pick<SpawnOptions, 'stdio' | 'detached'>,
): ChildProcess {
  const wrapper = ['unshare', '--user', '--', program]
  const [command = '', ...before] = account.kind === 'nameless' ? wrapper : [program]
  return spawn(command, [...before, ...args], {
    ...options,
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin' },
    ...ownerOf(account),
  })
}

export type RunResult = { readonly isOk: boolean; readonly output: string }

/** Runs a program to its end as `account`; one that cannot be started is not ok, either. */
export async function run(
  account: Account,
  program: string,
  args: readonly string[],
): Promise<RunResult> {
  let output = ''
  const collect = (chunk: Buffer) => {
    output += chunk.toString()
  }
  try {
    const child = spawnAs(account, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    // Rejects on the child's `error`.
    const [code]: unknown[] = await once(child, 'close')
    return { isOk: code === 0, output: output.trim() }
  } catch (error) {
    return { isOk: false, output: error instanceof Error ? error.message : output }
  }
}
