import { type Delivery, TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'

const money = z.object({ amount: z.string(), currency: z.string() })
const product = z.object({
  name: z.string().optional(),
  sku: z.string().optional(),
  channelSku: z.string().optional(),
  customerPartNo: z.string().optional(),
  gtin: z.string().optional(),
  erpId: z.string().optional(),
})

/** What of the command a mail can say. */
const body = z.object({
  template: z.string(),
  headline: z.string(),
  language: z.string().optional(),
  sentence: z.string().optional(),
  customerText: z.string().optional(),
  about: z
    .object({
      company: z.string().optional(),
      orderRefs: z.array(z.string()).default([]),
      rmaNo: z.string().optional(),
    })
    .optional(),
  lines: z
    .array(
      z.object({
        lineNo: z.int(),
        product: product.optional(),
        requested: z.string().optional(),
        authorized: z.string().optional(),
        received: z.string().optional(),
        accepted: z.string().optional(),
        rejected: z.string().optional(),
      }),
    )
    .default([]),
  credited: money.optional(),
  refunded: money.optional(),
})

const contact = z
  .object({
    name: z.string().optional(),
    email: z.string().optional(),
    language: z.string().optional(),
    statusUrl: z.string().optional(),
  })
  .default({})

/** A message to the customer, before it is put into words. */
export interface Notice {
  readonly caseNo: string
  /** Which template says it. */
  readonly template: string
  readonly languages: readonly string[]
  readonly customerName: string | null
  readonly company: string | null
  /** What templates can say, by the names that they use. Everything is there; what is not known is null. */
  readonly variables: Readonly<Record<string, unknown>>
}

type Given = Pick<Delivery<Config, 'customer.notify'>, 'command'> & {
  readonly config: Pick<Config, 'companies' | 'from' | 'language'>
  readonly contact?: unknown
}

/** @throws {TerminalError} REQUEST_REJECTED for a command of another form. */
export function noticeOf({ config, command, contact: given }: Given): Notice {
  const read = body.safeParse(command.body)
  if (!read.success) throw new TerminalError({ code: 'REQUEST_REJECTED', reason: 'no such notice' })
  const { template, headline, language, about, lines, ...said } = read.data
  const who = contact.parse(given ?? {})
  const company = about?.company ?? null
  const own = company === null ? undefined : config.companies[company]
  const senderName = own?.name ?? own?.from?.name ?? config.from.name ?? null
  const known = [who.language, language, own?.language, config.language, 'en']
  return {
    caseNo: command.caseNo,
    template,
    languages: [...new Set(known.flatMap((one) => (one === undefined ? [] : tagsOf(one))))],
    customerName: who.name ?? null,
    company,
    variables: {
      case: { number: command.caseNo },
      rma: about?.rmaNo ?? command.caseNo,
      template,
      headline,
      sentence: said.sentence ?? null,
      note: said.customerText ?? null,
      customer: { name: who.name ?? null },
      company: { name: senderName },
      orders: about?.orderRefs ?? [],
      lines: lines.map(lineOf),
      credited: said.credited ?? null,
      refunded: said.refunded ?? null,
      status_url: who.statusUrl ?? null,
    },
  }
}

/** `de-AT` is read by whoever reads `de`. */
function tagsOf(language: string): readonly string[] {
  const [primary = language] = language.split('-')
  return [language, primary]
}

type Line = z.output<typeof body>['lines'][number]

function lineOf({ lineNo, product: named = {}, ...quantities }: Line) {
  const { name, sku, channelSku, customerPartNo, gtin, erpId } = named
  const { requested = null, authorized = null, received = null } = quantities
  const { accepted = null, rejected = null } = quantities
  const code = customerPartNo ?? sku ?? channelSku ?? gtin ?? erpId ?? null
  return {
    number: lineNo,
    name: name ?? code,
    code,
    requested,
    authorized,
    received,
    accepted,
    rejected,
    quantity: authorized === null || isNone(authorized) ? requested : authorized,
  }
}

function isNone(quantity: string): boolean {
  return /^0(\.0+)?$/.test(quantity)
}
