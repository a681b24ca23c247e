import type { Command } from 'commander'
import type { AdminCredential } from '../../pipeline/connection-setup.ts'
import { adminKeyEnv } from '../../platform/config/fields.ts'
import { CliError } from '../cli-error.ts'
import { readNamedFile } from '../read-file.ts'
import type { Session } from '../session.ts'

/** Options by which an administrator of a system lends their credential, for this one time. */
export interface LentOptions {
  readonly adminKeyFile?: string
  readonly adminLogin?: string
}

export function addLentOptions(command: Command): Command {
  return command
    .option(
      '--admin-key-file <file>',
      `file with an administrator's key; - for stdin; ${adminKeyEnv} does the same. It is not kept`,
    )
    .option('--admin-login <login>', 'login of that administrator, where the system asks for it')
}

/** Reads the credential. A key never stands on the command line, where everybody on the machine sees it. */
export async function readLent(
  session: Session,
  { adminKeyFile, adminLogin = '' }: LentOptions,
): Promise<AdminCredential> {
  const given =
    adminKeyFile === undefined
      ? (session.context.env[adminKeyEnv] ?? '')
      : await readNamedFile(session, adminKeyFile)
  const key = given.trim()
  if (adminKeyFile !== undefined && key === '') {
    throw new CliError('usage', `${adminKeyFile} holds no key.`)
  }
  return { adminKey: key === '' ? null : key, adminLogin: adminLogin === '' ? null : adminLogin }
}
