import { join } from 'node:path'
import { actorOf } from '../../pipeline/accounts/sign-in.ts'
import type { RecordAudit } from '../../pipeline/audit-recorder.ts'
import { createPasswords, readablePassword } from '../../platform/crypto/password.ts'
import { newId } from '../../platform/ids.ts'
import { ensureDataDir, replacePrivateFile } from '../../platform/private-files.ts'
import { type Pool, type Tx, withTransaction } from '../../store/database.ts'
import { hasUsers, insertUser } from '../../store/users.ts'

/** Who signs in to the console first: shown once, and kept in a file that only the owner may read. */
export interface FirstAdmin {
  readonly email: string
  /** To be changed by whoever signs in with it. */
  readonly password: string
  readonly file: string
}

const email = 'admin@localhost'

/**
 * Makes an administrator where there has never been a person, so that somebody can sign in. Of several processes
 * that start at once, one makes it.
 */
export async function makeFirstAdmin(deps: {
  readonly pool: Pool
  readonly record: RecordAudit
  readonly dataDir: string
}): Promise<FirstAdmin | null> {
  if (await hasUsers(deps.pool)) return null
  const password = readablePassword()
  const passwordHash = await createPasswords().hash(password)
  return withTransaction(deps.pool, async (tx) => {
    // The others wait here, and find it.
    await tx.query('lock table user_account in share row exclusive mode')
    if (await hasUsers(tx)) return null
    await insertFirst(deps.record, tx, passwordHash)
    // Before the commit: a password that nobody was told would lock everybody out.
    const file = join(deps.dataDir, 'first-admin-password')
    await ensureDataDir(deps.dataDir)
    await replacePrivateFile(file, `${password}\n`)
    return { email, password, file }
  })
}

async function insertFirst(record: RecordAudit, tx: Tx, passwordHash: string): Promise<void> {
  const user = await insertUser(tx, {
    userId: newId(),
    email,
    name: 'First administrator',
    role: 'admin',
    language: null,
    createdBy: 'hub',
    passwordHash,
    mustChangePassword: true,
  })
  await record(tx, [
    {
      actor: 'hub',
      action: 'user.created',
      objectType: 'user',
      objectId: user.userId,
      detail: { role: user.role, signsInAs: actorOf(user) },
    },
  ])
}
