import assert from 'node:assert/strict'
import type { ExceptionCode } from '@backhaul/sdk/canonical'
import { DeliveryError } from '@backhaul/sdk/connector'
import {
  drafted,
  lookUp,
  page,
  post,
  repair,
  replace,
  told,
  withoutModel,
} from './bad-input-steps.ts'
import { newCustomer, newOrder, newProduct, sell, unique, uniqueCaseNo } from './fixtures.ts'
import { type Scenario, type ScenarioContext, type Stage } from './scenario.ts'
import { announce, lineOf } from './stock-steps.ts'

/** What the hub is told: of what class, by which code, for which queue, in which words. */
interface Told {
  readonly kind: DeliveryError['kind'] | 'answered'
  readonly code?: string
  /** The hub's own for the code where it is left out: what is wrong is the delivery, not the return. */
  readonly exception?: ExceptionCode
  readonly sentence: RegExp
}

interface BadInput {
  readonly given: string
  readonly told: Told
  readonly provoke: (context: ScenarioContext) => Promise<string>
  readonly skip?: (stage: Stage) => string | null
}

const terminal = 'terminal'
const retryable = 'retryable'

/**
 * What can be wrong with a return, with Odoo, and with the connection: what was done, what the hub is told. `provoke`
 * throws it, or gives the answer where it is one.
 */
const badInputs: readonly BadInput[] = [
  {
    given: 'an order that Odoo does not know',
    told: { kind: 'answered', sentence: /^\{"orderRef":"NONE-.*","exists":false/ },
    provoke: (context) => lookUp(context, unique('NONE')),
  },
  {
    given: 'a replacement of an order that Odoo does not know',
    told: {
      kind: terminal,
      code: 'ORDER_NOT_FOUND',
      exception: 'CU02',
      sentence: /has no confirmed order that the goods of this return are from/,
    },
    provoke: async (context) => {
      const product = await newProduct(context.admin)
      return replace(context, { orderRef: unique('NONE'), sku: product.sku })
    },
  },
  {
    given: "another customer's order: the hub compares who ordered",
    told: { kind: 'answered', sentence: /"exists":true,"orderedBy":\{"partyId":"\d+"/ },
    provoke: async (context) => {
      const product = await newProduct(context.admin)
      const order = await newOrder(context.admin, [{ product, quantity: 1 }])
      const stranger = await newCustomer(context.admin)
      const answer = await lookUp(context, order.name, stranger.id)
      assert.ok(!answer.includes(`"partyId":"${stranger.id}"`), 'it names who ordered')
      return answer
    },
  },
  {
    given: 'a return of an order that was not delivered',
    told: {
      kind: terminal,
      code: 'RETURN_EXCEEDS_DELIVERED',
      exception: 'CU02',
      sentence: /deliver/,
    },
    provoke: async (context) => {
      const product = await newProduct(context.admin, { stock: 3 })
      const order = await newOrder(context.admin, [{ product, quantity: 1 }])
      const lines = [lineOf(1, '1', { product, order })]
      return told(announce(context, uniqueCaseNo(), { lines }))
    },
  },
  {
    given: 'a return of a product that Odoo does not know',
    told: { kind: terminal, code: 'PRODUCT_UNKNOWN', exception: 'RX02', sentence: /product/i },
    provoke: async (context) => {
      const product = { id: 0, unitId: 0, sku: unique('NONE') }
      return told(announce(context, uniqueCaseNo(), { lines: [lineOf(1, '1', { product })] }))
    },
  },
  {
    given: 'a replacement by an archived product',
    told: {
      kind: terminal,
      code: 'PRODUCT_ARCHIVED',
      exception: 'CU05',
      sentence: /product of line 1 is archived/,
    },
    provoke: async (context) => {
      const product = await newProduct(context.admin, { stock: 3 })
      const sale = await sell(context.admin, [{ product, quantity: 1 }])
      await context.admin.act('product.product', 'action_archive', { ids: [product.id] })
      return replace(context, { orderRef: sale.name, sku: product.sku })
    },
  },
  {
    given: 'a credit that Odoo refuses to post',
    told: { kind: terminal, code: 'ODOO_REFUSED', exception: 'FN07', sentence: /^Odoo refused/ },
    provoke: async (context) => {
      const { sale, caseNo, noteId } = await drafted(context)
      const later = { auto_post: 'at_date', date: '2099-01-01', invoice_date: '2099-01-01' }
      const ids = [noteId]
      await context.admin.act('account.move', 'write', { ids, named: { vals: later } })
      return post(context, caseNo, sale)
    },
  },
  {
    given: 'a credit in a period that is closed: it is booked later, and says so',
    told: { kind: 'answered', sentence: /Its period is closed: it is booked on/ },
    skip: ({ version }) => (version < 18 ? 'the lock of sales came with Odoo 18' : null),
    provoke: async (context) => {
      const { sale, caseNo, noteId } = await drafted(context)
      const vals = { invoice_date: '2026-10-15', date: '2026-10-15' }
      await context.admin.act('account.move', 'write', { ids: [noteId], named: { vals } })
      const lock = (sale_lock_date: string | false) =>
        context.admin.act('res.company', 'write', { ids: [1], named: { vals: { sale_lock_date } } })
      await lock('2026-10-31')
      try {
        return await post(context, caseNo, sale)
      } finally {
        await lock(false)
      }
    },
  },
  {
    given: "a credit in a company that is not the user's",
    told: {
      kind: terminal,
      code: 'ODOO_FORBIDDEN',
      sentence: /lacks a right, or the \w+ is of another company/,
    },
    provoke: (context) => {
      const config = { ...context.config, companies: { main: 99_999 } }
      return told(drafted({ ...context, config }))
    },
  },
  {
    given: 'a wrong key',
    told: { kind: retryable, code: 'AUTH_REJECTED', sentence: /refuses the login or the key/ },
    provoke: ({ config }) => lookUp({ config: { ...config, key: 'wrong' } }, 'S1'),
  },
  {
    given: 'a database that is gone',
    told: { kind: retryable, code: 'ODOO_DATABASE_GONE', sentence: /database/ },
    provoke: ({ config }) => lookUp({ config: { ...config, database: 'backhaul_gone' } }, 'S1'),
  },
  {
    given: 'Odoo in maintenance',
    told: { kind: retryable, code: 'UPSTREAM_UNAVAILABLE', sentence: /restarted or maintained/ },
    provoke: (context) => repair(context, page(503, '<h1>Down for maintenance</h1>')),
  },
  {
    given: 'a repair where the module of repairs is not installed',
    told: { kind: terminal, code: 'ODOO_NOT_SUPPORTED', sentence: /a module is not installed/ },
    provoke: (context) => repair(context, withoutModel('repair.order', context)),
  },
]

export const badInputScenarios: readonly Scenario[] = badInputs.map(
  ({ given, told: expected, provoke, skip }) => ({
    name: `${given}: ${expected.code ?? 'an answer'}${expected.exception ? `, ${expected.exception}` : ''}`,
    ...(skip === undefined ? {} : { skip }),
    run: async (context) => {
      const outcome = await provoke(context).then(
        (sentence) => ({ kind: 'answered', code: undefined, exception: undefined, sentence }),
        (error: unknown) => {
          assert.ok(error instanceof DeliveryError, String(error))
          const { kind, code, exception, reason = '' } = error
          assert.match(reason, /^[A-Z].*\.$/, 'it is a sentence')
          return { kind, code, exception, sentence: reason }
        },
      )
      const { sentence, ...rest } = outcome
      const { sentence: words, kind, code, exception } = expected
      assert.deepEqual(rest, { kind, code, exception }, sentence)
      assert.match(sentence, words)
    },
  }),
)
