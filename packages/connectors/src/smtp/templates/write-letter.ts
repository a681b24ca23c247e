import type { Notice } from '../notice.ts'
import { german } from './de.ts'
import { english } from './en.ts'
import { render, TemplateError } from './engine.ts'
import {
  isTemplateName,
  type Language,
  type LayoutTemplate,
  layoutTemplate,
  type MessageTemplate,
  messageTemplate,
} from './template.ts'

/** The languages that come with the connector. */
export const languages: Readonly<Record<string, Language>> = { en: english, de: german }

/** A site's own template by its name, `refunded.de` or `layout.de`, as it was written; undefined where there is none. */
export type FindOwn = (name: string) => unknown

/** A notice in words. */
export interface Letter {
  /** The one that it is written in, of those that the customer may read. */
  readonly language: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Whether a template of the site's own was used for the message. */
  readonly isOwn: boolean
}

interface Chosen {
  readonly language: string
  readonly message: MessageTemplate
  readonly isOwn: boolean
}

/**
 * Puts a notice into the first language that has words for it. A site's own words come before ours, and what
 * has no template in any language is told by `news`.
 *
 * @throws {TemplateError} for a site's own template that cannot be used.
 */
export function writeLetter(notice: Notice, own: FindOwn): Letter {
  const chosen = choose(notice, own)
  const { language, message, isOwn } = chosen
  const layout = layoutOf(language, own)
  const variables = { ...notice.variables, language }
  const subject = oneLine(render(message.subject, 'text', variables))
  const text = render(message.text, 'text', variables).trim()
  const html =
    message.html === undefined ? paragraphs(text) : render(message.html, 'html', variables)
  return {
    language,
    subject,
    isOwn,
    text: withContent(layout.text, {
      form: 'text',
      variables: { ...variables, subject },
      content: text,
    }),
    html: withContent(layout.html, {
      form: 'html',
      variables: { ...variables, subject },
      content: html,
    }),
  }
}

function choose(notice: Notice, own: FindOwn): Chosen {
  for (const name of [notice.template, 'news']) {
    for (const language of notice.languages) {
      const asked = nameOf(name, language)
      const found = own(asked)
      if (found !== undefined) {
        return {
          language,
          message: read(messageTemplate, found, asked),
          isOwn: true,
        }
      }
      const ours = languages[language]?.messages
      if (ours !== undefined && isTemplateName(name)) {
        return { language, message: ours[name], isOwn: false }
      }
    }
  }
  return { language: 'en', message: english.messages.news, isOwn: false }
}

/** As documents are named: in lower case. */
function nameOf(what: string, language: string): string {
  return `${what}.${language.toLowerCase()}`
}

function layoutOf(language: string, own: FindOwn): LayoutTemplate {
  const asked = nameOf('layout', language)
  const found = own(asked)
  if (found !== undefined) return read(layoutTemplate, found, asked)
  return (languages[language] ?? english).layout
}

function read<T>(
  schema: { safeParse: (value: unknown) => { success: true; data: T } | { success: false } },
  value: unknown,
  name: string,
): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new TemplateError(`${name} has another form than a template`)
}

/** Stands for the message while the layout is rendered, since whatever a layout puts out is escaped. */
const place = 'BACKHAUL-CONTENT-6f1d0c'

function withContent(
  layout: string,
  {
    form,
    variables,
    content,
  }: { readonly form: 'text' | 'html'; readonly variables: object; readonly content: string },
): string {
  const [before = '', ...after] = render(layout, form, { ...variables, content: place }).split(
    place,
  )
  return [before, ...after].join(content)
}

/** Text as HTML: what was filled in is escaped with the rest. */
function paragraphs(text: string): string {
  return text
    .split(/\n{2,}/)
    .map((one) => `<p>${escapeHtml(one).replaceAll('\n', '<br>')}</p>`)
    .join('\n')
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** A subject is a header: nothing in it can begin another one. */
function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, 250)
}
