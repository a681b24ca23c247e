import { type CommandBody, caseParty } from '@backhaul/sdk/canonical'
import { type DeliveryContact, DeliveryError, type NoticePreview } from '@backhaul/sdk/connector'
import type { WorkingConnection } from '../connect/active-connection.ts'
import type { Connections } from '../connect/connections.ts'
import type { FindTemplate } from '../connect/templates.ts'
import { noticeOf } from '../domain/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { HubConfig } from '../platform/config/schema.ts'
import { HubError } from '../platform/errors.ts'
import { findCaseCustomer } from '../store/case-queries.ts'
import type { Queryable } from '../store/database.ts'
import { loadCase } from './load-case.ts'
import { statusPath } from './status-page/links.ts'

export interface PreviewDeps {
  readonly config: Pick<HubConfig, 'publicUrl'>
  readonly pool: Queryable
  readonly connections: Pick<Connections, 'get' | 'list'>
  readonly template: FindTemplate
  readonly clock: Clock
}

export interface PreviewRequest {
  /** May be left out where one connection only tells customers by templates. */
  readonly connectionId?: string | undefined
  readonly template: string
  /** In place of the customer's. */
  readonly language?: string | undefined
  /** Id or number of a return; a made-up one when left out. */
  readonly case?: string | undefined
  /** Whether the name of the customer and the words for them may be shown. */
  readonly showsCustomer: boolean
}

export interface NotificationPreview extends NoticePreview {
  readonly connectionId: string
  readonly template: string
  readonly caseNo: string
}

interface About {
  readonly caseId: string
  readonly caseNo: string
  readonly caseVersion: number
  readonly body: CommandBody<'customer.notify'>
  readonly contact: DeliveryContact
}

const mask = '[masked]'

/**
 * What a customer would be sent, without sending it.
 *
 * @throws {HubError} NOT_FOUND; CONFLICT where no connection, or more than one, can say it;
 *   VALIDATION_FAILED for a template that there is not, or that cannot be used.
 */
export async function previewNotification(
  deps: PreviewDeps,
  request: PreviewRequest,
): Promise<NotificationPreview> {
  const { id, config, connector } = find(deps.connections, request.connectionId)
  const { templates } = connector
  if (templates === undefined) throw cannotSay(`The connector ${connector.key} has no templates.`)
  const { template, language } = request
  if (!templates.names.includes(template)) {
    const message = `There is no template ${template}: ${templates.names.join(', ')}.`
    throw new HubError('VALIDATION_FAILED', message)
  }
  const about = request.case === undefined ? madeUp(template) : await of(deps, request)
  const { body, contact, ...named } = request.showsCustomer ? about : masked(about)
  const preview = previewed(() =>
    templates.preview({
      config,
      command: {
        type: 'customer.notify',
        ...named,
        occurredAt: deps.clock.now().toISOString(),
        body: language === undefined ? body : { ...body, language },
      },
      contact: { ...contact, ...(language === undefined ? {} : { language }), ...linkIn(deps) },
      template: (name) => deps.template(id, name),
    }),
  )
  return { connectionId: id, template, caseNo: named.caseNo, ...preview }
}

/** Shows that there is a link, which leads nowhere: nobody is let in by a preview. */
function linkIn({ config }: PreviewDeps): Pick<DeliveryContact, 'statusUrl'> {
  if (config.publicUrl === undefined) return {}
  return { statusUrl: `${config.publicUrl.replace(/\/$/, '')}${statusPath}/preview` }
}

function find(
  connections: PreviewDeps['connections'],
  wanted: string | undefined,
): WorkingConnection {
  if (wanted !== undefined) {
    const named = connections.get(wanted)
    if (named === undefined) throw new HubError('NOT_FOUND', 'There is no such connection.')
    if (named.state === 'broken') throw cannotSay('The connection cannot be used.')
    return named
  }
  const able = connections
    .list()
    .flatMap((one) => (one.state !== 'broken' && one.connector.templates ? [one] : []))
  const [first, second] = able
  if (first === undefined) throw cannotSay('No connection tells customers by templates.')
  if (second === undefined) return first
  throw cannotSay(`Say by which connection: ${able.map(({ id }) => id).join(', ')}.`)
}

function cannotSay(message: string): HubError {
  return new HubError('CONFLICT', message)
}

async function of({ pool }: PreviewDeps, request: PreviewRequest): Promise<About> {
  const found = await loadCase(pool, request.case ?? '')
  if (found === null) throw new HubError('NOT_FOUND', 'There is no such return.')
  const { caseId, caseNo, version: caseVersion, state } = found
  const customer = caseParty.partial().safeParse(await findCaseCustomer(pool, found))
  const { name, language } = customer.data ?? {}
  const body = noticeOf(state, request.template)
  return { caseId, caseNo, caseVersion, body, contact: { name, language } }
}

function masked(about: About): About {
  const { body } = about
  const words = 'customerText' in body ? { customerText: mask } : {}
  return { ...about, body: { ...body, ...words }, contact: { ...about.contact, name: mask } }
}

function previewed(preview: () => NoticePreview): NoticePreview {
  try {
    return preview()
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error
    const message = `The template cannot be used: ${error.reason ?? error.code}.`
    throw new HubError('VALIDATION_FAILED', message)
  }
}

/** A return that there is not, so that every word of a template has something to say. */
function madeUp(template: string): About {
  const about = { company: 'main', orderRefs: ['S00042'], rmaNo: 'RMA-000123-2' }
  const amount = { amount: '120.50', currency: 'EUR' }
  const line = {
    lineNo: 1,
    product: { sku: 'PUMP-12V', name: 'Pump 12 V' },
    unit: 'unit',
    requested: '2',
    authorized: '2',
    received: '2',
    accepted: '2',
    rejected: '0',
    credited: '2',
  }
  const said = { about, lines: [line], credited: amount, refunded: amount }
  return {
    caseId: '00000000-0000-7000-8000-000000000000',
    caseNo: 'RMA-000123-2',
    caseVersion: 1,
    body: { template, headline: template, ...said } as CommandBody<'customer.notify'>,
    contact: { name: 'Ada Example' },
  }
}
