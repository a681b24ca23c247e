import type { CustomerLine, CustomerStatus } from '../../domain/index.ts'
import type { PageStatus } from '../../pipeline/status-page/read-status.ts'
import type { HubConfig } from '../../platform/config/schema.ts'
import { trackingPage } from './carriers.ts'
import type { PageLanguage } from './language.ts'
import { fill, statusWords } from './words.ts'

export interface ModelContext extends PageLanguage {
  readonly settings: HubConfig['statusPage']
  readonly now: Date
}

const dayMs = 86_400_000
/** The page stays small, whatever somebody sends back. */
const mostLines = 40
const mostParcels = 20
const longestName = 120

/** What the template puts out of a return: text that is ready to be read, and addresses. */
export function statusModel(page: PageStatus, context: ModelContext) {
  const words = statusWords[context.language]
  const { status, number } = page
  const { where, next } = words.stages[status.stage]
  const by = byWhen(page, context)
  const pays = paysMoney(status)
  return {
    title: fill(words.title, { number }),
    orders: page.orders.length === 0 ? null : fill(words.order, { orders: page.orders.join(', ') }),
    banners: bannersOf(page, context),
    where,
    next: fill(next, { number }),
    by: by?.text ?? null,
    note: page.customerText,
    isPaying: pays,
    money: status.money.map(({ amount, way, status: stage }) => ({
      amount: moneyText(amount, context),
      way: words.ways[way],
      status: words.moneyStatus[stage],
    })),
    lines: status.lines.slice(0, mostLines).map((line, at) => lineModel(line, at, context)),
    more:
      status.lines.length <= mostLines
        ? null
        : fill(words.more, { count: String(status.lines.length - mostLines) }),
    label: labelModel(page, context),
    parcels: status.parcels
      .filter(({ tracking }) => tracking !== null)
      .slice(0, mostParcels)
      .map(({ isInbound, carrier, tracking }) => ({
        what: isInbound ? words.parcelIn : words.parcelOut,
        carrier,
        tracking,
        page: trackingPage(carrier, tracking),
      })),
    asOf: fill(words.asOf, { date: dateText(context.now, context, 'time') }),
  }
}

export type StatusModel = ReturnType<typeof statusModel>

/** A late system first: it says why the rest may be old. */
function bannersOf({ status, late }: PageStatus, context: ModelContext): string[] {
  const words = statusWords[context.language]
  const banners: string[] = []
  if (late !== null) {
    const values = { source: words.sources[late.source], time: spanText(late.seconds, context) }
    banners.push(fill(words.lateSource, values))
  }
  if (status.isHeld) banners.push(words.held)
  else if (status.isLate) banners.push(words.late)
  return banners
}

/** A day that was promised, or that the customer has to keep; what is past is not promised again. */
function byWhen(page: PageStatus, context: ModelContext): { readonly text: string } | null {
  const words = statusWords[context.language]
  const { stage, sendBy } = page.status
  if (stage === 'authorized') {
    if (sendBy === null) return null
    return { text: fill(words.sendBy, { date: dateText(new Date(sendBy), context) }) }
  }
  const day = promisedDay(page, context)
  if (day === null) return null
  if (day.getTime() + dayMs < context.now.getTime()) {
    return stage === 'refunded' ? null : { text: words.overdue }
  }
  return { text: fill(words.by, { date: dateText(day, context) }) }
}

function promisedDay(page: PageStatus, { settings }: ModelContext): Date | null {
  const { stage, paidAt } = page.status
  switch (stage) {
    case 'requested':
      return after(page.requestedAt, settings.decisionDays)
    case 'delivered':
    case 'received':
    case 'in_inspection':
      return after(page.stageSince, settings.inspectionDays)
    case 'approved':
    case 'refunded':
      return after(isPaidOut(page.status) ? dateOf(paidAt) : null, settings.refundDays)
    default:
      return null
  }
}

function after(from: Date | null, days: number | undefined): Date | null {
  return from === null || days === undefined ? null : new Date(from.getTime() + days * dayMs)
}

function isPaidOut({ money }: CustomerStatus): boolean {
  return money.some(({ status }) => status !== 'planned')
}

function dateOf(text: string | null): Date | null {
  return text === null ? null : new Date(text)
}

const moneyResolutions: ReadonlySet<CustomerLine['resolution']> = new Set([
  'refund',
  'credit',
  'store_credit',
  'keep_with_allowance',
])
const withoutMoney: ReadonlySet<CustomerStatus['stage']> = new Set([
  'canceled',
  'expired',
  'rejected',
])

function paysMoney({ stage, lines, money }: CustomerStatus): boolean {
  if (money.length > 0) return true
  if (withoutMoney.has(stage) || stage === 'closed') return false
  return lines.some(({ resolution }) => moneyResolutions.has(resolution))
}

function lineModel(line: CustomerLine, place: number, context: ModelContext) {
  const words = statusWords[context.language]
  const count = (quantity: string): string => quantityText(quantity, context)
  const { name, code, resolution, requested, received, accepted, rejected, outcome } = line
  return {
    name: name?.slice(0, longestName) ?? fill(words.unnamed, { number: String(place + 1) }),
    code: code === name ? null : code,
    quantity: count(requested),
    asked: words.resolutions[resolution],
    received: count(received),
    outcome: fill(words.outcomes[outcome], {
      accepted: count(accepted),
      rejected: count(rejected),
    }),
  }
}

function labelModel({ label }: PageStatus, context: ModelContext) {
  if (label === null) return null
  const words = statusWords[context.language]
  const { url, qrUrl, expiresAt } = label
  const until = dateOf(expiresAt)
  return {
    url: webPage(url),
    qrUrl: webPage(qrUrl),
    until: until === null ? null : fill(words.labelUntil, { date: dateText(until, context) }),
  }
}

/** Nothing but a page: whoever sent the address cannot make the browser do anything else. */
function webPage(url: string | null): string | null {
  return url !== null && /^https?:\/\//i.test(url) ? url : null
}

function dateText(at: Date, context: ModelContext, detail: 'day' | 'time' = 'day'): string {
  const { timeZone } = context.settings
  const options: Intl.DateTimeFormatOptions =
    detail === 'day'
      ? { dateStyle: 'long', timeZone }
      : { dateStyle: 'long', timeStyle: 'short', timeZone }
  return new Intl.DateTimeFormat(context.locale, options).format(at)
}

function moneyText(
  { amount, currency }: { readonly amount: string; readonly currency: string },
  { locale }: ModelContext,
): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency })
  return format.format(amount as Intl.StringNumericLiteral)
}

function quantityText(quantity: string, { locale }: ModelContext): string {
  const format = new Intl.NumberFormat(locale, { maximumFractionDigits: 6 })
  return format.format(quantity as Intl.StringNumericLiteral)
}

const spans = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
] as const

/** A time in its largest unit: `3 hours`. At least one minute. */
export function spanText(seconds: number, { locale }: Pick<PageLanguage, 'locale'>): string {
  const span = spans.find((one) => seconds >= one.seconds) ?? spans[2]
  const format = new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: span.unit,
    unitDisplay: 'long',
  })
  return format.format(Math.max(1, Math.floor(seconds / span.seconds)))
}
