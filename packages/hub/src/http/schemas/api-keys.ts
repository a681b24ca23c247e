import { z } from 'zod'
import type { ApiKey } from '../../store/api-keys.ts'
import { iso, isoOrNull, role, text, textOrNull, time, timeOrNull } from './common.ts'

export const apiKey = z
  .object({
    id: text,
    name: text,
    role,
    connectionId: textOrNull.describe('The connection that it speaks for.'),
    createdBy: text,
    createdAt: time,
    expiresAt: timeOrNull,
    revokedAt: timeOrNull,
    lastUsedAt: timeOrNull.describe('To within a minute.'),
  })
  .meta({ id: 'ApiKey', description: 'A credential, without its secret.' })

export function apiKeyView(key: ApiKey): z.infer<typeof apiKey> {
  const { keyId, createdAt, expiresAt, revokedAt, lastUsedAt, name, connectionId, createdBy } = key
  return {
    id: keyId,
    name,
    role: key.role,
    connectionId,
    createdBy,
    createdAt: iso(createdAt),
    expiresAt: isoOrNull(expiresAt),
    revokedAt: isoOrNull(revokedAt),
    lastUsedAt: isoOrNull(lastUsedAt),
  }
}
