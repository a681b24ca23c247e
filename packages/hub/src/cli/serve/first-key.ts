import { join } from 'node:path'
import { defaultKeyDays } from '../../pipeline/api-keys.ts'
import type { RecordAudit } from '../../pipeline/audit-recorder.ts'
import type { Clock } from '../../platform/clock.ts'
import { generateApiKey } from '../../platform/crypto/api-key.ts'
import { ensureDataDir, replacePrivateFile } from '../../platform/private-files.ts'
import { hasApiKeys, insertApiKey } from '../../store/api-keys.ts'
import { type Pool, type Tx, withTransaction } from '../../store/database.ts'

/** The key of the first start: shown once, and kept in a file that only the owner may read. */
export interface FirstKey {
  readonly key: string
  readonly file: string
  readonly expiresAt: Date
}

const dayMs = 86_400_000
const actor = 'hub'
const name = 'first administrator'

/**
 * Makes an administrator's key where there has never been a key, so that somebody can log in. Of several
 * processes that start at once, one makes it.
 */
export function makeFirstKey(deps: {
  readonly pool: Pool
  readonly record: RecordAudit
  readonly clock: Clock
  readonly dataDir: string
}): Promise<FirstKey | null> {
  return withTransaction(deps.pool, async (tx) => {
    // The others wait here, and find it.
    await tx.query('lock table api_key in share row exclusive mode')
    return (await hasApiKeys(tx)) ? null : insertFirst(deps, tx)
  })
}

async function insertFirst(
  { record, clock, dataDir }: Parameters<typeof makeFirstKey>[0],
  tx: Tx,
): Promise<FirstKey> {
  const { id: keyId, key, secretHash } = generateApiKey()
  const expiresAt = new Date(clock.now().getTime() + defaultKeyDays * dayMs)
  const role = 'admin'
  const stored = {
    keyId,
    name,
    role,
    connectionId: null,
    secretHash,
    createdBy: actor,
    expiresAt,
  } as const
  await insertApiKey(tx, stored)
  const detail = { name, role, connectionId: null, expiresAt: expiresAt.toISOString() }
  await record(tx, [
    { actor, action: 'api_key.created', objectType: 'api_key', objectId: keyId, detail },
  ])
  // Before the commit: a key that nobody was told would lock everybody out.
  const file = await keepKey(dataDir, key)
  return { key, file, expiresAt }
}

async function keepKey(dataDir: string, key: string): Promise<string> {
  const file = join(dataDir, 'first-admin-key')
  await ensureDataDir(dataDir)
  await replacePrivateFile(file, `${key}\n`)
  return file
}
