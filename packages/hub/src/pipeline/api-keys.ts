import type { UserRole } from '@backhaul/sdk/canonical'
import type { Clock } from '../platform/clock.ts'
import { generateApiKey } from '../platform/crypto/api-key.ts'
import { HubError } from '../platform/errors.ts'
import { type ApiKey, insertApiKey, revokeApiKey as revokeStoredKey } from '../store/api-keys.ts'
import { type Pool, withTransaction } from '../store/database.ts'
import type { RecordAudit } from './audit-recorder.ts'

export interface ApiKeyDeps {
  readonly pool: Pool
  readonly record: RecordAudit
  readonly clock: Clock
}

export const defaultKeyDays = 90
export const maxKeyDays = 365
const dayMs = 86_400_000

/**
 * Makes an API key. `key` is the credential itself: it is given this once, and stored nowhere.
 *
 * @param input.connectionId - the key speaks for this connection only, with the connection's rights.
 * @throws {HubError} NOT_FOUND when there is no such connection; VALIDATION_FAILED.
 */
export async function createApiKey(
  { pool, record, clock }: ApiKeyDeps,
  input: {
    readonly name: string
    readonly role: UserRole
    readonly connectionId?: string | undefined
    readonly expiresInDays?: number | undefined
  },
  by: { readonly actor: string },
): Promise<{ apiKey: ApiKey; key: string }> {
  const { name, role, connectionId = null, expiresInDays = defaultKeyDays } = input
  if (connectionId !== null && role !== 'machine') {
    throw new HubError('VALIDATION_FAILED', 'Only a key for a machine speaks for a connection.', {
      problems: [
        { pointer: '/connectionId', code: 'invalid', message: 'the role must be machine' },
      ],
    })
  }
  const { id: keyId, key, secretHash } = generateApiKey()
  const expiresAt = new Date(clock.now().getTime() + expiresInDays * dayMs)
  const apiKey = await withTransaction(pool, async (tx) => {
    const inserted = await insertApiKey(tx, {
      keyId,
      name,
      role,
      connectionId,
      secretHash,
      createdBy: by.actor,
      expiresAt,
    })
    const detail = { name, role, connectionId, expiresAt: expiresAt.toISOString() }
    await record(tx, [entry('api_key.created', keyId, { ...by, detail })])
    return inserted
  })
  return { apiKey, key }
}

/** Ends a key, from now on; other processes notice within seconds. Safe to repeat. @throws {HubError} NOT_FOUND. */
export function revokeApiKey(
  { pool, record }: ApiKeyDeps,
  { keyId }: { readonly keyId: string },
  by: { readonly actor: string },
): Promise<ApiKey> {
  return withTransaction(pool, async (tx) => {
    const { key, isRevokedNow } = await revokeStoredKey(tx, keyId)
    if (isRevokedNow) await record(tx, [entry('api_key.revoked', keyId, by)])
    return key
  })
}

function entry(
  action: string,
  keyId: string,
  { actor, detail }: { actor: string; detail?: Readonly<Record<string, unknown>> },
) {
  return { actor, action, objectType: 'api_key', objectId: keyId, ...(detail ? { detail } : {}) }
}
