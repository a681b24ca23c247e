import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Passwords } from '../../platform/crypto/password.ts'
import type { Authenticator } from '../access/authenticate.ts'
import type { Oidc } from '../access/oidc.ts'
import type { ChangeListeners } from '../changes/change-listeners.ts'
import type { HttpDeps } from '../deps.ts'

/** An app whose routes get the types of their zod schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** What routes get: the hub's parts, and what the HTTP side itself keeps. */
export interface RouteDeps extends HttpDeps {
  readonly authenticator: Authenticator
  readonly passwords: Passwords
  /** Null where people sign in with a password only. */
  readonly oidc: Oidc | null
  readonly isDraining: () => boolean
  readonly changeListeners: ChangeListeners
}
