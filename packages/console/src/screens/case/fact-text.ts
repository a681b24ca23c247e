import type { Fact } from './case-api.ts'
import type { CaseTexts } from './texts.ts'

/** Where the return stands, as one sentence in the reader's language, zone and time. */
export function sentenceOf(facts: readonly Fact[], texts: CaseTexts): string {
  const parts = facts.map((fact) => partOf(fact, texts)).filter((part) => part !== '')
  const text = parts.join('; ')
  return `${text.charAt(0).toLocaleUpperCase()}${text.slice(1)}.`
}

function partOf(fact: Fact, texts: CaseTexts): string {
  const { say, word, money, lasted, list } = texts
  const { code, quantity = '', headline = '', since, by = [], amount } = fact
  switch (code) {
    case 'goods_received':
      return receivedText(fact, texts)
    case 'goods_surplus':
    case 'goods_short':
      return say(`fact.${code}`, { quantity })
    case 'stands':
      return say('fact.stands', {
        what: word('waiting', headline),
        lasted: since === undefined ? '' : lasted(since),
      })
    case 'held':
      return say('fact.held', { by: list(by.map((one) => `${one} ${word('exception', one)}`)) })
    case 'money_not_released':
    case 'money_released':
    case 'money_settled':
      return amount === undefined ? '' : say(`fact.${code}`, { amount: money(amount) })
    case 'money_unknown':
    case 'customer_told_late':
      return say(`fact.${code}`)
    default:
      return ''
  }
}

function receivedText({ received = '', expected, warehouse, at }: Fact, texts: CaseTexts): string {
  const { say } = texts
  const count =
    expected === null || expected === undefined
      ? say('fact.receivedBlind', { received })
      : say('fact.receivedOf', { received, expected })
  const where = warehouse ? ` ${say('fact.receivedAt', { warehouse })}` : ''
  const when = at ? ` ${say('fact.receivedOn', { at: texts.at(at) })}` : ''
  return `${count}${where}${when}`
}

/** What one can tell the customer: no number, name or reason of ours in it. */
export function customerAnswer(
  { caseNo, facts }: { readonly caseNo: string; readonly facts: readonly Fact[] },
  { say, word, money }: CaseTexts,
): string {
  const parts = facts.flatMap(({ code, received, expected, headline = '', amount }) => {
    if (code === 'goods_received' && received && expected) {
      return [say('answer.came', { received, expected })]
    }
    if (code === 'stands') return [word('answer', headline)]
    if (amount === undefined) return []
    return [say(`answer.${code}`, { amount: money(amount) })]
  })
  return `${say('answer.opening', { caseNo })} ${parts.join(' ')}`
}
