import { type KeyRing, open, seal } from '../platform/crypto/key-ring.ts'
import { HubError } from '../platform/errors.ts'
import type { Queryable } from '../store/database.ts'
import { findFact, keepFact } from '../store/facts.ts'

const factName = 'master key check'
const knownText = 'backhaul'

/**
 * Makes sure that this process has the master key of its database: with another one it could read no
 * secret of a connection, and its audit entries would look forged.
 *
 * @throws {HubError} SECRET_UNREADABLE saying what to do.
 */
export async function assertMasterKey(db: Queryable, keyRing: KeyRing): Promise<void> {
  const sealed = await keepFact(db, { name: factName, value: seal(keyRing, knownText, factName) })
  try {
    open(keyRing, sealed, factName)
  } catch (cause) {
    throw new HubError(
      'SECRET_UNREADABLE',
      'This database was set up with another master key. Give every hub on it the same one, in BACKHAUL_MASTER_KEY or BACKHAUL_MASTER_KEY_FILE; the first hub keeps it in the file master.key of its data folder.',
      { cause },
    )
  }
}

/** Whether a database was set up with a master key, and with this one: only looks. */
export async function examineMasterKey(
  db: Queryable,
  keyRing: KeyRing | null,
): Promise<'not_set_up' | 'same' | 'other'> {
  const sealed = await findFact(db, factName)
  if (sealed === null) return 'not_set_up'
  try {
    if (keyRing === null) return 'other'
    open(keyRing, sealed, factName)
    return 'same'
  } catch {
    return 'other'
  }
}
