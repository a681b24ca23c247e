import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { axisStates, exceptionCodes, headlines, systemRoles } from '@backhaul/sdk/canonical'
import { customerOutcomes, payWays } from '../../domain/index.ts'
import type { PageStatus } from '../../pipeline/status-page/read-status.ts'
import { nothingSet } from '../../platform/config/load-config.ts'
import { configSchema } from '../../platform/config/schema.ts'
import { chooseLanguage } from './language.ts'
import { createStatusPages } from './render.ts'
import { statusModel } from './status-model.ts'
import { type StatusLanguage, statusWords } from './words.ts'

const { statusPage: settings } = configSchema.parse({
  ...nothingSet(),
  statusPage: { name: 'Example', supportEmail: 'help@example.com', decisionDays: 2, refundDays: 5 },
})
const pages = createStatusPages(settings)
const now = new Date('2026-11-24T12:00:00Z')

const line = {
  name: 'Pump 12 V',
  code: 'PUMP-12V',
  resolution: 'refund',
  requested: '2',
  received: '1',
  accepted: '1',
  rejected: '1',
  outcome: 'partly_accepted',
} as const
const page: PageStatus = {
  number: 'RMA-000123-2',
  orders: ['S00042'],
  requestedAt: new Date('2026-11-23T12:00:00Z'),
  stageSince: new Date('2026-11-23T12:00:00Z'),
  label: null,
  customerText: null,
  late: null,
  language: undefined,
  status: {
    stage: 'requested',
    isHeld: false,
    isLate: false,
    sendBy: null,
    paidAt: null,
    lines: [line],
    money: [],
    parcels: [],
  },
}

function show(
  more: Partial<Omit<PageStatus, 'status'>> & { readonly status?: Partial<PageStatus['status']> },
  language: StatusLanguage = 'en',
): string {
  const given: PageStatus = { ...page, ...more, status: { ...page.status, ...more.status } }
  const context = { language, locale: language, settings, now }
  return pages.status(statusModel(given, context), context)
}

const textOf = (html: string): string =>
  html.replace(/<style>.*<\/style>/s, '').replaceAll(/<[^>]+>/g, ' ')
const languages = Object.keys(statusWords) as StatusLanguage[]
const stages = headlines.filter((headline) => headline !== 'exception_hold')

/** Words of ours that are no words of a customer. */
const internal = [
  ...headlines.filter((name) => name.includes('_')),
  ...Object.values(axisStates)
    .flat()
    .filter((name) => name.includes('_')),
  ...Object.keys(exceptionCodes),
  ...systemRoles.filter((role) => role === 'erp' || role === 'wms'),
  ...customerOutcomes.filter((name) => name.includes('_')),
  ...payWays.filter((name) => name.includes('_')),
]

describe('the status page', () => {
  for (const language of languages) {
    for (const stage of stages) {
      test(`says where a return stands that is ${stage}, in ${language}, in words of a customer`, () => {
        const html = show({ status: { stage } }, language)
        const text = textOf(html)
        const { where } = statusWords[language].stages[stage]
        assert.ok(text.includes(where))
        assert.doesNotMatch(text, /undefined|null|\{|\}|\[object/)
        for (const word of internal) {
          assert.ok(!new RegExp(`\\b${word}\\b`).test(text), `${word} in ${text}`)
        }
        assert.match(html, new RegExp(`<html lang="${language}">`))
        assert.ok(Buffer.byteLength(html) < 30_000)
      })
    }

    test(`has words in ${language} for every outcome, way to pay and late source`, () => {
      for (const outcome of customerOutcomes) {
        assert.ok(
          !textOf(show({ status: { lines: [{ ...line, outcome }] } }, language)).includes('{'),
        )
      }
      for (const way of payWays) {
        const money = [
          { amount: { amount: '120.50', currency: 'EUR' }, way, status: 'sent' as const },
        ]
        assert.ok(show({ status: { stage: 'approved', money } }, language).includes('120'))
      }
      const late = { source: 'warehouse', seconds: 3 * 3600 + 100 } as const
      assert.match(textOf(show({ late }, language)), /3 (hours|Stunden)/)
    })
  }

  test('says by when, where a day was promised, and not a day that is past', () => {
    assert.match(show({}), /By November 25, 2026\./)
    const old = new Date('2026-11-01T12:00:00Z')
    const late = show({ requestedAt: old })
    assert.doesNotMatch(late, /November 3/)
    assert.match(late, /longer than we said/)
    const sendBy = '2026-12-08T00:00:00Z'
    assert.match(show({ status: { stage: 'authorized', sendBy } }), /by December 8, 2026/)
  })

  test('escapes whatever others have said', () => {
    const hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 1 | plus: 1 }}'
    const html = show({
      number: hostile,
      orders: [hostile],
      customerText: hostile,
      label: {
        url: 'javascript:alert(1)',
        qrUrl: `https://x.example/"${hostile}`,
        expiresAt: null,
      },
      status: {
        lines: [{ ...line, name: hostile, code: hostile }],
        parcels: [
          {
            parcelId: 'P',
            isInbound: true,
            carrier: `dhl${hostile}`,
            tracking: hostile,
            awaitsDropOff: true,
          },
        ],
      },
    })
    assert.doesNotMatch(html, /<script|<img|javascript:|href="[^"]*</)
    assert.match(html, /&lt;script&gt;/)
    assert.match(html, /\{\{ 1 \| plus/)
  })

  test('stays below 30 kB, whatever is sent back', () => {
    const lines = Array.from({ length: 1_000 }, () => ({ ...line, name: 'x'.repeat(300) }))
    const parcel = {
      parcelId: 'P',
      isInbound: true,
      carrier: 'dhl',
      tracking: 'T'.repeat(30),
      awaitsDropOff: false,
    }
    const html = show({ status: { lines, parcels: Array.from({ length: 100 }, () => parcel) } })
    assert.ok(Buffer.byteLength(html) < 30_000, String(Buffer.byteLength(html)))
    assert.match(html, /And 960 more\./)
  })
})

test('the page speaks as was chosen, or as the customer does, or as their browser asks', () => {
  const speaks = (chosen?: string, customer?: string, accepted?: string) =>
    chooseLanguage({ chosen, customer, accepted })
  assert.equal(speaks('en', 'de', 'de').language, 'en')
  assert.deepEqual(speaks(undefined, 'de-AT', 'en'), { language: 'de', locale: 'de-AT' })
  assert.equal(speaks(undefined, 'fr', 'nl, de;q=0.5, en;q=0.4').language, 'de')
  assert.equal(speaks(undefined, undefined, 'en;q=0.2, de;q=0.9').language, 'de')
  assert.deepEqual(speaks('"><x', undefined, '*'), { language: 'en', locale: 'en' })
})
