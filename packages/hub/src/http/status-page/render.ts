import { Liquid } from 'liquidjs'
import type { HubConfig } from '../../platform/config/schema.ts'
import { sha256 } from '../../platform/crypto/hash.ts'
import type { PageLanguage } from './language.ts'
import type { StatusModel } from './status-model.ts'
import { styleOf } from './style.ts'
import { layout, messagePage, questionPage, statusPage } from './template.ts'
import { type StatusLanguage, statusWords } from './words.ts'

/** Which of the messages that tell nothing of a return. */
export type MessageName = 'busy' | 'ended' | 'unknown'

export interface StatusPages {
  /** For `Content-Security-Policy`: nothing but the page's own style sheet, its logo, and its form. */
  readonly policy: string
  status(model: StatusModel, language: PageLanguage): string
  /** @param problem - why the last answer did not do; null before the first. */
  question(problem: string | null, language: PageLanguage): string
  message(name: MessageName, language: PageLanguage): string
  /** The page of the question when no answer is taken any more. */
  closed(text: string, language: PageLanguage): string
}

const languages = (Object.keys(statusWords) as StatusLanguage[]).map((tag) => ({
  tag,
  name: statusWords[tag].name,
}))

/** Pages in the look of a site. Everything that is put out is escaped; every name that a template uses has to be known. */
export function createStatusPages(settings: HubConfig['statusPage']): StatusPages {
  const engine = new Liquid({
    outputEscape: 'escape',
    strictFilters: true,
    strictVariables: true,
    ownPropertyOnly: true,
    templates: {},
  })
  const [around, ofStatus, ofQuestion, ofMessage] = [
    layout,
    statusPage,
    questionPage,
    messagePage,
  ].map((source) => engine.parse(source))
  const style = styleOf(settings.color)
  const brand = brandOf(settings)

  function page(
    inner: typeof ofStatus,
    { language }: PageLanguage,
    values: { readonly title: string } & Readonly<Record<string, unknown>>,
  ): string {
    const words = statusWords[language]
    const known = { ...values, language, words }
    const content: unknown = engine.renderSync(inner ?? [], known)
    return String(engine.renderSync(around ?? [], { ...known, content, style, brand, languages }))
  }

  return {
    policy: [
      "default-src 'none'",
      `style-src 'sha256-${sha256(style).toString('base64')}'`,
      "img-src 'self' data:",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    status: (model, language) => page(ofStatus, language, { title: model.title, model }),
    question(problem, language) {
      return page(ofQuestion, language, { title: titleOf(language), problem })
    },
    message(name, language) {
      const said = statusWords[language.language][name]
      return page(ofMessage, language, { title: said.title, said })
    },
    closed(text, language) {
      const title = titleOf(language)
      return page(ofMessage, language, { title, said: { title, text } })
    },
  }
}

function titleOf({ language }: PageLanguage): string {
  return statusWords[language].question.title
}

function brandOf({ name, logo, supportEmail, supportPhone, supportUrl }: HubConfig['statusPage']) {
  return {
    name: name ?? null,
    logo: logo ?? null,
    email: supportEmail ?? null,
    phone: supportPhone ?? null,
    dial: supportPhone?.replaceAll(/[^+\d]/g, '') ?? null,
    page: supportUrl ?? null,
    hasContact: [supportEmail, supportPhone, supportUrl].some((one) => one !== undefined),
  }
}
