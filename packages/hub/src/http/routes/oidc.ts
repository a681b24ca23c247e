import { parseCookie, stringifySetCookie } from 'cookie'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { signInByIdentity } from '../../pipeline/accounts/sign-in-by-identity.ts'
import type { HubConfig } from '../../platform/config/schema.ts'
import { HubError } from '../../platform/errors.ts'
import { type Journey, journey, type Oidc, oidcPath } from '../access/oidc.ts'
import { sessionCookie } from '../access/session-cookie.ts'
import { problems } from '../schemas/common.ts'
import { visitorOf } from './session.ts'
import type { App, RouteDeps } from './types.ts'

const tags = ['Session']
const cookieName = 'backhaul-oidc'
const journeySeconds = 600
/** What providers send is theirs; what is known of it is read by the library. */
const anything = z.record(z.string(), z.union([z.string().max(8_000), z.array(z.string())]))
const redirect = { 302: z.null().describe('Goes on elsewhere.'), ...problems }

/** Signing in by an identity provider: the way there, and the way back. */
export function oidcRoutes(app: App, deps: RouteDeps & { readonly oidc: Oidc }): void {
  const { config, oidc, log } = deps
  app.get(
    `${oidcPath}/start`,
    {
      config: { access: 'public' },
      schema: {
        operationId: 'beginOidc',
        tags,
        summary: 'Sends a browser to the identity provider.',
        querystring: z.object({ to: z.string().max(2_000).default('/') }),
        response: redirect,
      },
    },
    async ({ query }, reply) => {
      try {
        const begun = await oidc.begin(ownPath(query.to))
        const value = Buffer.from(JSON.stringify(begun.journey)).toString('base64url')
        return await goTo(reply.header('set-cookie', journeyCookie(config, value)), begun.url)
      } catch (error) {
        log.warn({ err: error }, 'the identity provider cannot be asked')
        return refuse(reply, 'provider_unreachable')
      }
    },
  )

  app.get(
    `${oidcPath}/callback`,
    {
      config: { access: 'public' },
      schema: {
        operationId: 'finishOidc',
        tags,
        summary: 'Lets in whom the identity provider sends back.',
        querystring: anything,
        response: redirect,
      },
    },
    async (request, reply) => {
      const kept = journeyIn(request.headers.cookie)
      reply.header('set-cookie', journeyCookie(config, null))
      if (kept === null) return refuse(reply, 'expired')
      const url = new URL(request.raw.url ?? '', 'http://hub.invalid')
      const identity = await oidc.finish(url, kept).catch((error: unknown) => {
        // Of the error its class and code: what a provider writes may hold tokens.
        const { code, name } = error as { code?: unknown; name?: unknown }
        log.warn({ code, name }, 'an identity was not taken')
        return null
      })
      if (identity === null) return refuse(reply, 'not_verified')
      const begun = await signInByIdentity(deps, identity, visitorOf(request))
      if (typeof begun === 'string') return refuse(reply, begun)
      const cookies = [
        journeyCookie(config, null),
        sessionCookie(config, begun.token, begun.expiresAt),
      ]
      return goTo(reply.header('set-cookie', cookies), ownPath(kept.to))
    },
  )
}

/** A place of ours: nobody is sent on to another site. @throws {HubError} MALFORMED_REQUEST. */
function ownPath(to: string): string {
  if (/^\/(?![/\\])[^\\\s]*$/.test(to)) return to
  throw new HubError('MALFORMED_REQUEST', 'to is a path of this hub, such as /cases.')
}

function refuse(reply: FastifyReply, code: string): Promise<FastifyReply> {
  return goTo(reply, `/?sign_in_error=${code}`)
}

async function goTo(reply: FastifyReply, to: string): Promise<FastifyReply> {
  return reply.code(302).header('location', to).send()
}

/** Of the browser that set out: without it, nobody can be made to come back as somebody else. */
function journeyCookie({ publicUrl }: Pick<HubConfig, 'publicUrl'>, value: string | null): string {
  return stringifySetCookie({
    name: cookieName,
    value: value ?? '',
    path: oidcPath,
    httpOnly: true,
    sameSite: 'lax',
    secure: publicUrl?.startsWith('https:') === true,
    maxAge: value === null ? 0 : journeySeconds,
  })
}

function journeyIn(header: string | undefined): Journey | null {
  const value = parseCookie(header ?? '')[cookieName]
  if (value === undefined) return null
  try {
    const read = journey.safeParse(JSON.parse(Buffer.from(value, 'base64url').toString('utf8')))
    return read.success ? read.data : null
  } catch {
    return null
  }
}
