import type { OAuthSettings } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { sha256 } from '../../platform/crypto/hash.ts'
import { type KeyRing, open, seal } from '../../platform/crypto/key-ring.ts'

/** What is sealed in a row. */
export interface TokenPair {
  readonly accessToken: string
  readonly refreshToken: string | null
}

const pair = z.object({ accessToken: z.string(), refreshToken: z.string().nullable() })

export function sealTokens(keyRing: KeyRing, connectionId: string, tokens: TokenPair): string {
  return seal(keyRing, JSON.stringify(tokens), `connection/${connectionId}/oauth`)
}

/** @throws {HubError} SECRET_UNREADABLE. */
export function openTokens(keyRing: KeyRing, connectionId: string, sealed: string): TokenPair {
  const text = open(keyRing, sealed, `connection/${connectionId}/oauth`).toString('utf8')
  return pair.parse(JSON.parse(text))
}

/**
 * Names whom tokens are for: the client, and where they come from. Of tokens that a person agreed to, scopes are not
 * part of it, so that a connector that asks for one more does not make them worthless.
 */
export function bindingOf(settings: OAuthSettings): Buffer {
  const { grant, tokenUrl, clientId, refreshToken = '', scopes = [] } = settings
  const asked =
    grant === 'client_credentials' ? scopes.join(' ') : sha256(refreshToken).toString('hex')
  return sha256(JSON.stringify([grant, tokenUrl, clientId, asked]))
}
