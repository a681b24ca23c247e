import type { CommandBody } from '../canonical/index.ts'

type News = CommandBody<'ticket.update'>
type StandingLine = NonNullable<News['lines']>[number]

/** The part of `ticket.update` that people read, and the number of the return. */
export type NotedReturn = { readonly caseNo: string } & Pick<
  News,
  'sentence' | 'customerText' | 'credited' | 'refunded' | 'lines'
>

const maxLines = 20

/**
 * How a return stands, as plain text for people who work on a ticket: the sentence, what is with each line, what
 * was credited and refunded. One line of text for each.
 */
export function ticketNote(noted: NotedReturn): string {
  const { caseNo, sentence, customerText, credited, refunded, lines = [] } = noted
  const more = lines.length - maxLines
  return [
    `Return ${caseNo}: ${sentence}`,
    ...lines.slice(0, maxLines).map(noteLine),
    ...(more > 0 ? [`and ${more} more lines`] : []),
    ...(credited === undefined ? [] : [`Credited: ${credited.amount} ${credited.currency}`]),
    ...(refunded === undefined ? [] : [`Refunded: ${refunded.amount} ${refunded.currency}`]),
    ...(customerText === undefined ? [] : [`For the customer: ${customerText}`]),
  ].join('\n')
}

const steps = ['authorized', 'received', 'accepted', 'rejected', 'credited'] as const

function noteLine(line: StandingLine): string {
  const { lineNo, product, unit, requested, dispositions = [] } = line
  const named = [product?.sku, product?.name].filter((name) => name !== undefined).join(' ')
  const what = named === '' ? `line ${lineNo}` : named
  const done = steps.flatMap((step) => (isZero(line[step]) ? [] : [`${line[step]} ${step}`]))
  const ends = dispositions.map(({ code, quantity }) => `${quantity} ${code.replaceAll('_', ' ')}`)
  return `- ${what}: ${[`${requested} ${unit} requested`, ...done, ...ends].join(', ')}`
}

function isZero(quantity: string): boolean {
  return /^0+(\.0+)?$/.test(quantity)
}
