import { randomBytes } from 'node:crypto'
import type { ConnectionId } from '@backhaul/sdk/canonical'
import { type Connector, DeliveryError, type OAuthSettings } from '@backhaul/sdk/connector'
import { sha256 } from '../../platform/crypto/hash.ts'
import { type KeyRing, open, seal } from '../../platform/crypto/key-ring.ts'
import { HubError } from '../../platform/errors.ts'
import { type Pool, type Tx, withTransaction } from '../../store/database.ts'
import { type BegunAuthorization, insertAuthorization } from '../../store/oauth-authorizations.ts'
import type { FetchBinding, Outbound } from '../guarded-fetch.ts'
import { authorizedFetch } from './authorized-fetch.ts'
import { TokenKeeper } from './token-keeper.ts'
import { type SourceOptions, TokenSource } from './token-source.ts'

/** Where a person agrees, and until when that can be finished. */
export interface AuthorizationAddress {
  readonly url: string
  readonly minutes: number
}

/** What can be done about the tokens of a connection. */
export interface ConnectionOAuth {
  /**
   * Begins the code flow (RFC 6749, section 4.1), with PKCE (RFC 7636, S256).
   *
   * @param given.note - writes down who began it, in the same transaction.
   * @throws {HubError} CONFLICT when nobody has to agree to anything here.
   */
  readonly begin: (given: {
    readonly redirectUri: string
    readonly by: string
    readonly note: (tx: Tx) => Promise<void>
  }) => Promise<AuthorizationAddress>
  /**
   * Exchanges the code for tokens and keeps them.
   *
   * @throws {HubError} CONFLICT, with why, for the person who agreed.
   */
  readonly finish: (
    begun: BegunAuthorization,
    given: { readonly code: string; readonly query: URLSearchParams },
  ) => Promise<void>
  /** When somebody has to agree anew; null where it is not known or never. */
  readonly agreedUntil: () => Promise<Date | null>
}

/** A way out that carries tokens, and what can be done about them. */
export interface AuthorizedOutbound {
  readonly outbound: Outbound
  readonly oauth: ConnectionOAuth
}

const minutes = 10
/** 43 characters of base64url, as much as a verifier needs (RFC 7636, section 4.1). */
const secretBytes = 32

/** Puts tokens on what a connection sends; null for a connection that shows other credentials. */
export function createConnectionOAuth(
  outbound: Outbound,
  given: Pick<SourceOptions, 'pool' | 'keyRing' | 'clock' | 'log'> & {
    readonly connectionId: ConnectionId
    readonly connector: Connector
    readonly config: unknown
  },
): AuthorizedOutbound | null {
  const { connector, config } = given
  const definition = connector.oauth
  const settings = definition?.settings(config) ?? null
  if (definition === undefined || settings === null) return null
  const source = new TokenSource({ ...given, definition, settings, fetch: outbound.fetch })
  const keeper = new TokenKeeper({ source, clock: given.clock })
  const { origins } = settings
  const authorization = { keeper, origins, present: definition.present }
  return {
    outbound: {
      fetch: authorizedFetch(outbound.fetch, authorization),
      fetchFor: (binding: FetchBinding) =>
        authorizedFetch(outbound.fetchFor(binding), authorization, binding.signal),
      dialFor: outbound.dialFor,
      close: outbound.close,
    },
    oauth: {
      begin: (asked) => begin({ ...given, settings }, asked),
      async finish(begun, { code, query }) {
        const problem = definition.refuses?.(config, query) ?? null
        if (problem !== null) throw new HubError('CONFLICT', problem)
        const verifier = openVerifier(given.keyRing, begun)
        const form = { grant_type: 'authorization_code', code, redirect_uri: begun.redirectUri }
        await keeper.take({ ...form, code_verifier: verifier }).catch(asConflict)
      },
      agreedUntil: () => source.agreedUntil(),
    },
  }
}

async function begin(
  from: {
    readonly pool: Pool
    readonly keyRing: KeyRing
    readonly connectionId: ConnectionId
    readonly settings: OAuthSettings
  },
  asked: Parameters<ConnectionOAuth['begin']>[0],
): Promise<AuthorizationAddress> {
  const { pool, keyRing, connectionId, settings } = from
  const { authorizeUrl, clientId, scopes = [], authorizeParameters = {} } = settings
  if (authorizeUrl === undefined) {
    throw new HubError('CONFLICT', 'Nobody has to agree to this connection: it has its own tokens.')
  }
  const state = randomBytes(secretBytes).toString('base64url')
  const verifier = randomBytes(secretBytes).toString('base64url')
  const { redirectUri, by, note } = asked
  const stateHash = sha256(state)
  const sealedVerifier = seal(keyRing, verifier, verifierPlace(connectionId))
  await withTransaction(pool, async (tx) => {
    const begun = { stateHash, connectionId, sealedVerifier, redirectUri, begunBy: by }
    await insertAuthorization(tx, begun, minutes)
    await note(tx)
  })
  const url = new URL(authorizeUrl)
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    state,
    code_challenge: sha256(verifier).toString('base64url'),
    code_challenge_method: 'S256',
    ...authorizeParameters,
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return { url: url.href, minutes }
}

function verifierPlace(connectionId: string): string {
  return `connection/${connectionId}/oauth-verifier`
}

function openVerifier(keyRing: KeyRing, begun: BegunAuthorization): string {
  const { sealedVerifier, connectionId } = begun
  return open(keyRing, sealedVerifier, verifierPlace(connectionId)).toString('utf8')
}

function asConflict(error: unknown): never {
  if (!(error instanceof DeliveryError)) throw error
  throw new HubError('CONFLICT', `The system gave no token: ${error.reason ?? error.code}.`)
}
