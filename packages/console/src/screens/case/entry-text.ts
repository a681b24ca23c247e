import type { Entry } from './case-api.ts'
import type { CaseTexts } from './texts.ts'

/** Values that tell what an entry is about, in the order in which they are said. */
const said = [
  'quantity',
  'accepted',
  'rejected',
  'amount',
  'warehouse',
  'carrier',
  'tracking',
  'orderRef',
  'receiptId',
  'creditId',
  'refundId',
  'rmaNo',
  'axis',
  'state',
  'code',
  'command',
  'role',
  'connection',
  'exceptionKey',
  'action',
  'owner',
  'queue',
  'timer',
] as const

/** What an entry says: what happened, then its figures and names. */
export function entryText({ summary }: Entry, texts: CaseTexts): { title: string; about: string } {
  const { values, code } = summary
  const parts = said.flatMap((name) => {
    const value = values[name]
    if (value === undefined || typeof value === 'object' || typeof value === 'boolean') return []
    return [valueText(name, String(value), { values, texts })]
  })
  return { title: texts.word('event', code), about: parts.join(' · ') }
}

function valueText(
  name: (typeof said)[number],
  value: string,
  {
    values,
    texts: { say, word, money },
  }: { readonly values: Entry['summary']['values']; readonly texts: CaseTexts },
): string {
  switch (name) {
    case 'amount':
      return money({ amount: value, currency: String(values['currency']) })
    case 'quantity':
    case 'accepted':
    case 'rejected':
      return say(`value.${name}`, { value })
    case 'axis':
      return word('axis', value)
    case 'state':
      return word('state', value)
    case 'command':
      return word('command', value)
    case 'role':
      return word('role', value)
    case 'queue':
      return word('queue', value)
    case 'action':
      return word('action', value)
    case 'code':
    case 'exceptionKey':
      return exceptionText(value, word)
    default:
      return value
  }
}

/** `RX04:line:1` -> `RX04 Less received than sent (line:1)`. */
export function exceptionText(key: string, word: CaseTexts['word']): string {
  const [code = '', ...object] = key.split(':')
  const title = word('exception', code)
  const about = object.join(':')
  const name = title === code ? code : `${code} ${title}`
  return about === '' || about === 'case' ? name : `${name} (${about})`
}

/** More than this between happening and arriving is said. */
const lateMs = 5 * 60_000

/** Systems tell things within a moment of each other: only more than this is out of order to people. */
const momentMs = 60_000

/** Whether it came after things that happened later. */
export function cameOutOfOrder({ isLate, occurredAt, recordedAt }: Entry): boolean {
  return isLate && Date.parse(recordedAt) - Date.parse(occurredAt) > momentMs
}

/** Whether what happened reached the hub much later. */
export function cameLate({ occurredAt, recordedAt }: Entry): boolean {
  return Math.abs(Date.parse(recordedAt) - Date.parse(occurredAt)) > lateMs
}

/** Whether an entry tells of something that did not go well. */
export function hasFailed({ effect, deliveries }: Entry): boolean {
  return (
    effect.outcome === 'refused' ||
    (effect.raised?.length ?? 0) > 0 ||
    deliveries.some(({ state }) => state === 'dead')
  )
}

/** What somebody wrote beside what happened; empty where nobody did. */
export function noteOf({ data }: Entry): string {
  const { note } = (data ?? {}) as { readonly note?: unknown }
  return typeof note === 'string' ? note : ''
}
