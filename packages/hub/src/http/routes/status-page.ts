import { parseCookie, stringifySetCookie } from 'cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type AnswerOutcome, answerQuestion } from '../../pipeline/status-page/answer-question.ts'
import { openStatusLink, statusPath } from '../../pipeline/status-page/links.ts'
import { readCustomer } from '../../pipeline/status-page/read-customer.ts'
import { readStatus } from '../../pipeline/status-page/read-status.ts'
import {
  isStatusPass,
  type StatusClaims,
  signStatusPass,
} from '../../platform/crypto/status-token.ts'
import { type Rate, RateLimiter } from '../access/rate-limit.ts'
import { chooseLanguage, type PageLanguage } from '../status-page/language.ts'
import { createStatusPages, type MessageName, type StatusPages } from '../status-page/render.ts'
import { spanText, statusModel } from '../status-page/status-model.ts'
import { statusWords } from '../status-page/words.ts'
import type { RouteDeps } from './types.ts'

/** Of one return: a page is looked at now and then, and an answer is typed. */
const looks: Rate = { perSecond: 1, burst: 30 }
/** How long a right answer is good for in a browser. */
const passMs = 30 * 60_000
const cookieName = 'backhaul-status'
const formLimitBytes = 2_048

type Deps = Pick<RouteDeps, 'clock' | 'config' | 'connections' | 'log' | 'pool' | 'statusLinkKeys'>
interface Params {
  readonly token: string
}
type Asked = FastifyRequest<{ Params: Params }>

/** A visit by a link that is good. */
interface Visit {
  readonly request: Asked
  readonly reply: FastifyReply
  readonly claims: StatusClaims
  readonly language: PageLanguage
}

/**
 * The customer's page of a return: `GET /status/{token}`, in HTML, and `POST` with an answer where the site asks a
 * question first. Whoever has the link may look; a link that is not good is told nothing.
 */
export function statusPageRoutes(app: FastifyInstance, deps: Deps): void {
  const pages = createStatusPages(deps.config.statusPage)
  const limiter = new RateLimiter(deps.clock)
  readFormBodies(app)
  app.addHook('onRequest', (_request, reply, done) => {
    secure(reply, pages.policy)
    done()
  })

  /** What is told to everybody who has no good link, or comes too often; null for whoever may go on. */
  async function visitOf(request: Asked, reply: FastifyReply): Promise<Visit | null> {
    const { token } = request.params
    const opened = await openStatusLink(deps, token)
    const isTooOften =
      opened.kind === 'open' && !limiter.take(opened.claims.caseId, looks).isAllowed
    if (opened.kind !== 'open' || isTooOften) {
      const name = opened.kind === 'open' ? 'busy' : opened.kind
      sendMessage(pages, { name, language: languageOf(request) }, reply)
      return null
    }
    const { language: customer } = await readCustomer(deps.pool, opened.claims.caseId)
    return { request, reply, claims: opened.claims, language: languageOf(request, customer) }
  }

  app.get<{ Params: Params }>(
    `${statusPath}/:token`,
    { config: { access: 'public' }, schema: { hide: true } },
    async (request, reply) => {
      const visit = await visitOf(request, reply)
      if (visit === null) return reply
      if (mustAnswer(deps, visit)) return reply.send(pages.question(null, visit.language))
      return sendStatus(deps, pages, visit)
    },
  )
  app.post<{ Params: Params; Body: URLSearchParams | undefined }>(
    `${statusPath}/:token`,
    { config: { access: 'public' }, schema: { hide: true }, bodyLimit: formLimitBytes },
    async (request, reply) => {
      const visit = await visitOf(request, reply)
      if (visit === null) return reply
      const answer = request.body?.get('answer')?.slice(0, 100) ?? ''
      const { caseId } = visit.claims
      const outcome = await answerQuestion(deps, { caseId, answer })
      if (outcome.kind !== 'right') return sendRefusal(pages, visit, outcome)
      return admit(deps, visit)
    },
  )
}

function readFormBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: formLimitBytes },
    (_request, body, done) => {
      done(null, new URLSearchParams(String(body)))
    },
  )
}

/** Kept by nobody, found by nobody, and passed on to nobody. */
function secure(reply: FastifyReply, policy: string): void {
  reply
    .header('content-security-policy', policy)
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-robots-tag', 'noindex, nofollow, noarchive')
    .header('x-content-type-options', 'nosniff')
    .header('x-frame-options', 'DENY')
    .header('cross-origin-opener-policy', 'same-origin')
    .header('cross-origin-resource-policy', 'same-origin')
    .header('vary', 'accept-language, cookie')
    .type('text/html; charset=utf-8')
}

function languageOf({ query, headers }: FastifyRequest, customer?: string): PageLanguage {
  const { lang } = query as { readonly lang?: unknown }
  const chosen = typeof lang === 'string' ? lang : undefined
  return chooseLanguage({ chosen, customer, accepted: headers['accept-language'] })
}

const messageStatus: Readonly<Record<MessageName, number>> = { busy: 429, ended: 410, unknown: 404 }

function sendMessage(
  pages: StatusPages,
  { name, language }: { readonly name: MessageName; readonly language: PageLanguage },
  reply: FastifyReply,
): FastifyReply {
  if (name === 'busy') reply.header('retry-after', '60')
  return reply.code(messageStatus[name]).send(pages.message(name, language))
}

function mustAnswer({ config, clock, statusLinkKeys }: Deps, { request }: Visit): boolean {
  if (config.statusPage.question === 'none') return false
  const pass = parseCookie(request.headers.cookie ?? '')[cookieName]
  if (pass === undefined) return true
  return !isStatusPass(statusLinkKeys, { token: request.params.token, pass, now: clock.now() })
}

async function sendStatus(
  deps: Deps,
  pages: StatusPages,
  { claims, language, reply }: Visit,
): Promise<FastifyReply> {
  const settings = deps.config.statusPage
  const lateAfterSeconds = settings.lateAfterMinutes * 60
  const status = await readStatus(deps, { caseId: claims.caseId, lateAfterSeconds })
  if (status === null) return sendMessage(pages, { name: 'ended', language }, reply)
  const model = statusModel(status, { ...language, settings, now: deps.clock.now() })
  return reply.send(pages.status(model, language))
}

function sendRefusal(
  pages: StatusPages,
  { language, reply }: Visit,
  outcome: Exclude<AnswerOutcome, { readonly kind: 'right' }>,
): FastifyReply {
  const { question } = statusWords[language.language]
  if (outcome.kind === 'spent') return reply.code(403).send(pages.closed(question.spent, language))
  if (outcome.kind === 'wrong')
    return reply.code(403).send(pages.question(question.wrong, language))
  const time = spanText(outcome.waitSeconds, language)
  reply.code(429).header('retry-after', String(outcome.waitSeconds))
  return reply.send(pages.question(question.paused.replace('{time}', time), language))
}

/** Back to the page, with what shows that the answer was right: reloading asks nothing, and sends nothing again. */
function admit({ config, clock, statusLinkKeys }: Deps, { request, reply, language }: Visit) {
  const { token } = request.params
  const until = new Date(clock.now().getTime() + passMs)
  const cookie = stringifySetCookie({
    name: cookieName,
    value: signStatusPass(statusLinkKeys, token, until),
    path: `${statusPath}/${token}`,
    expires: until,
    httpOnly: true,
    sameSite: 'lax',
    secure: config.publicUrl?.startsWith('https:') === true,
  })
  const { lang } = request.query as { readonly lang?: unknown }
  const chosen = typeof lang === 'string' ? `?lang=${language.language}` : ''
  return reply
    .header('set-cookie', cookie)
    .header('location', `${statusPath}/${token}${chosen}`)
    .code(303)
    .send('')
}
