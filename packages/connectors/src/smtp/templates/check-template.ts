import type { TemplateProblem } from '@backhaul/sdk/connector'
import type { Notice } from '../notice.ts'
import { noticeOf } from '../notice.ts'
import { TemplateError } from './engine.ts'
import { isTemplateName, layoutTemplate, messageTemplate, templateNames } from './template.ts'
import { writeLetter } from './write-letter.ts'

/**
 * What is wrong with a site's own template: its name, its form, or what it makes of a return of which everything
 * is known, and of one of which nothing is.
 */
export function checkTemplate(name: string, content: unknown): readonly TemplateProblem[] {
  const [what = '', language = '', ...more] = name.split('.')
  const isLayout = what === 'layout'
  const hasName = (isLayout || isTemplateName(what)) && more.length === 0
  if (!hasName || !/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/.test(language)) {
    const names = ['layout', ...templateNames].join(', ')
    return [
      { path: '', message: `is called <name>.<language>, such as refunded.de; names: ${names}` },
    ]
  }
  const parsed = (isLayout ? layoutTemplate : messageTemplate).safeParse(content)
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  }
  const unplaced = isLayout ? fieldsWithoutPlace(parsed.data) : []
  if (unplaced.length > 0) return unplaced
  return tryOut(name, content, { template: isLayout ? 'news' : what, language })
}

function fieldsWithoutPlace({ text, html = '' }: { text: string; html?: string | undefined }) {
  const place = /\{\{-?\s*content\s*-?\}\}/
  return Object.entries({ text, html })
    .filter(([, layout]) => !place.test(layout))
    .map(([path]) => ({ path, message: 'needs {{ content }}, where the message goes' }))
}

function tryOut(
  name: string,
  content: unknown,
  words: { readonly template: string; readonly language: string },
): readonly TemplateProblem[] {
  const own = (asked: string) => (asked === name ? content : undefined)
  try {
    for (const body of samples) writeLetter(sample({ ...body, ...words }), own)
    return []
  } catch (error) {
    if (error instanceof TemplateError) return [{ path: '', message: error.message }]
    throw error
  }
}

const samples = [
  {},
  {
    customerText: 'Thank you.',
    sentence: 'Received 1 of 2; waiting for the rest.',
    about: { company: 'main', orderRefs: ['S00042'], rmaNo: 'RMA-000123-2' },
    lines: [
      {
        lineNo: 1,
        product: { sku: 'PUMP-12V', name: 'Pump 12 V' },
        requested: '2',
        authorized: '2',
        received: '1',
        accepted: '1',
        rejected: '0',
      },
    ],
    credited: { amount: '120.50', currency: 'EUR' },
    refunded: { amount: '120.50', currency: 'EUR' },
  },
]

function sample(body: { readonly template: string; readonly language: string }): Notice {
  return noticeOf({
    config: {
      companies: {},
      from: { address: 'returns@example.com', name: 'Example' },
      language: 'en',
    },
    contact: { name: 'Ada Example', statusUrl: 'https://returns.example.com/status/example' },
    command: {
      type: 'customer.notify',
      caseId: '01920000-0000-7000-8000-000000000001',
      caseNo: 'RMA-000123-2',
      caseVersion: 1,
      occurredAt: '2026-01-01T00:00:00Z',
      body: { headline: body.template, ...body },
    },
  })
}
