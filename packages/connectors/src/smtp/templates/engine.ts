import { type Context, Liquid, type Template } from 'liquidjs'

/** Bounds of one template: what a mail needs is far below them. */
const limits = {
  /** Characters. */
  parseLimit: 50_000,
  /** Milliseconds. */
  renderLimit: 500,
  /** Roughly, characters and items that are made on the way. */
  memoryLimit: 2_000_000,
}

/** A template that cannot be used; says where, and quotes nothing that was filled in. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
}

export type Form = 'text' | 'html'

/**
 * Liquid without files, without what is inherited and with every filter and variable known, so that a slip in a
 * template is found when it is checked. In HTML everything that is put out is escaped; there is no way around it.
 */
const engines: Readonly<Record<Form, Liquid>> = {
  text: engineFor('text'),
  html: engineFor('html'),
}

function engineFor(form: Form): Liquid {
  const engine = new Liquid({
    ...limits,
    strictFilters: true,
    strictVariables: true,
    ownPropertyOnly: true,
    dynamicPartials: false,
    templates: {},
    ...(form === 'html' ? { outputEscape: 'escape' } : {}),
  })
  delete engine.filters['raw']
  engine.registerFilter('money', formatMoney)
  engine.registerFilter('quantity', formatQuantity)
  return engine
}

const parsed: Readonly<Record<Form, Map<string, Template[]>>> = { text: new Map(), html: new Map() }
const mostParsed = 500

/** @throws {TemplateError} */
export function render(source: string, form: Form, variables: object): string {
  try {
    const text: unknown = engines[form].renderSync(parse(source, form), variables)
    return String(text)
  } catch (error) {
    throw toTemplateError(error)
  }
}

function parse(source: string, form: Form): Template[] {
  const known = parsed[form].get(source)
  if (known !== undefined) return known
  if (parsed[form].size >= mostParsed) parsed[form].clear()
  const made = engines[form].parse(source)
  parsed[form].set(source, made)
  return made
}

function toTemplateError(error: unknown): TemplateError {
  const [line = 'it cannot be read'] = (error instanceof Error ? error.message : '').split('\n')
  return new TemplateError(line.slice(0, 200))
}

interface FilterCall {
  readonly context: Context
}

function languageOf({ context }: FilterCall): string {
  return String(context.getSync(['language']))
}

/** `{ amount, currency }` in the writing of the language: `12,50 €`. */
function formatMoney(this: FilterCall, value: unknown): string {
  if (!isMoney(value)) return ''
  const { amount, currency } = value
  const format = new Intl.NumberFormat(languageOf(this), { style: 'currency', currency })
  return format.format(amount as Intl.StringNumericLiteral)
}

function isMoney(value: unknown): value is { readonly amount: string; readonly currency: string } {
  return typeof value === 'object' && value !== null && 'amount' in value && 'currency' in value
}

/** A decimal string without trailing zeros, in the writing of the language. */
function formatQuantity(this: FilterCall, value: unknown): string {
  if (typeof value !== 'string' || !/^-?\d+(\.\d+)?$/.test(value)) return ''
  const format = new Intl.NumberFormat(languageOf(this), { maximumFractionDigits: 6 })
  return format.format(value as Intl.StringNumericLiteral)
}
