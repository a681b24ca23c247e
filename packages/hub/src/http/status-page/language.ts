import { type StatusLanguage, statusWords } from './words.ts'

/** How a page speaks: whose words, and in which writing of dates and amounts (`en` in that of `en-GB`). */
export interface PageLanguage {
  readonly language: StatusLanguage
  readonly locale: string
}

const tagPattern = /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i

/**
 * The first that there are words for: what was chosen on the page, the customer's own, what their browser asks for,
 * English.
 */
export function chooseLanguage(given: {
  readonly chosen: string | undefined
  readonly customer: string | undefined
  /** `Accept-Language`. */
  readonly accepted: string | undefined
}): PageLanguage {
  const { chosen, customer } = given
  const tags = [chosen, customer, ...acceptedTags(given.accepted)]
  for (const tag of tags) {
    if (tag === undefined || !tagPattern.test(tag)) continue
    const language = tag.split('-', 1)[0]?.toLowerCase() ?? ''
    if (isKnown(language)) return { language, locale: localeOf(tag, language) }
  }
  return { language: 'en', locale: 'en' }
}

function isKnown(language: string): language is StatusLanguage {
  return Object.hasOwn(statusWords, language)
}

function localeOf(tag: string, language: StatusLanguage): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? language
  } catch {
    return language
  }
}

/** Tags of a header, the most wanted first (RFC 9110, 12.5.4). */
function acceptedTags(header = ''): string[] {
  return header
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', weight] = part.trim().split(/;\s*q=/)
      return { tag, weight: weight === undefined ? 1 : Number(weight) }
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag)
}
