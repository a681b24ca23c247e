import { after, before, describe, test } from 'node:test'
import type { CommandType } from '@backhaul/sdk/canonical'
import type { Connector } from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import {
  connectorCases,
  type ExerciseOptions,
  type FakeRequest,
  type FakeRule,
} from '@backhaul/sdk/testing'
import { type OdooDouble, startOdoo } from '@backhaul/simulator'
import { type Prepared, prepared } from '../../test-odoo/conformance-samples.ts'
import { serverOfDouble } from '../../test-odoo/connection.ts'
import { announceReturn, count, validate } from '../../test-odoo/made-by-hand.ts'
import { openContext } from '../../test-odoo/open-context.ts'
import odoo from './index.ts'

/** Part of a connector, so that each part has a fake of its own. */
function only(part: Partial<Connector>): Connector {
  return { ...odoo, delivers: {}, webhooks: {}, polls: {}, feeds: {}, ...part }
}

const reading = new Set([
  'context_get',
  'fields_get',
  'has_access',
  'read',
  'search_read',
  'web_read',
  'web_search_read',
])

function isWrite({ method, url }: FakeRequest): boolean {
  return method === 'POST' && !reading.has(url.split('/').at(-1) ?? '')
}

/** Hands requests on to a double, one after the other, and counts what they have made there. */
function doubleAs(
  double: () => OdooDouble,
  effect: Prepared<CommandType>['effect'] | null,
): () => FakeRule {
  const made = () => (effect === null ? 0 : double().db.find(effect.model, effect.domain).length)
  return () => {
    let turn: Promise<unknown> | null = null
    return (request, note) => {
      turn ??= Promise.resolve(double().db.goBack())
      const answered = turn.then(async () => {
        const held = made()
        const answer = await handOn(double(), request)
        for (let number = held; number < made(); number += 1) note(effect?.model ?? '')
        return answer
      })
      turn = answered.catch(() => null)
      return answered
    }
  }
}

async function handOn({ url }: OdooDouble, request: FakeRequest) {
  const { method, body, headers } = request
  const names = ['authorization', 'content-type', 'x-odoo-database']
  const sent = names.flatMap((name) => {
    const value = headers[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  const response = await fetch(`${url}${request.url}`, {
    method,
    headers: Object.fromEntries(sent),
    ...(method === 'POST' ? { body } : {}),
  })
  const type = response.headers.get('content-type') ?? 'text/html'
  return { status: response.status, headers: { 'content-type': type }, body: await response.text() }
}

/** A double in which both cases of a command are prepared; each case of the suite begins with it anew. */
function deliveries(type: CommandType, { prepare, effect }: Prepared<CommandType>): void {
  describe(type, () => {
    let double: OdooDouble
    const sample: { body: never; otherBody: never } = { body: {} as never, otherBody: {} as never }
    const place: { config: object } = { config: {} }

    before(async () => {
      double = await startOdoo({ loadHoldMs: 0 })
      const context = await openContext(serverOfDouble(double), {
        transport: 'json2',
        isDouble: true,
      })
      sample.body = (await prepare(context, 'RMA-000001-0')) as never
      sample.otherBody = (await prepare(context, 'RMA-000002-0')) as never
      const [bank] = double.db.find('account.journal', [['type', '=', 'bank']])
      place.config = { ...context.config, refundJournals: { '*': bank?.id } }
      double.db.remember()
    })
    after(() => double.close())

    const options: ExerciseOptions = {
      config: (url) => ({ ...place.config, url }),
      deliveries: { [type]: sample },
      fake: doubleAs(() => double, effect),
      isWrite,
    }
    const delivers = { [type]: odoo.delivers[type] }
    run(only({ delivers }), options)
  })
}

function run(connector: Connector, options: ExerciseOptions): void {
  for (const { name, run: act } of connectorCases(connector, options)) {
    test(name, { timeout: 10_000 }, act)
  }
}

for (const [type, one] of Object.entries(prepared)) {
  deliveries(type as CommandType, one)
}

describe('what Odoo tells', () => {
  let double: OdooDouble
  let config: object

  before(async () => {
    double = await startOdoo({ loadHoldMs: 0 })
    const context = await openContext(serverOfDouble(double), {
      transport: 'json2',
      isDouble: true,
    })
    const { transferId } = await announceReturn(context, 'RMA-000001-0')
    await count(context.admin, transferId, 3)
    await validate(context.admin, transferId)
    config = context.config
    double.db.remember()
  })
  after(() => double.close())

  const message = (id: number) => ({ body: JSON.stringify({ _model: 'stock.picking', _id: id }) })
  const hook = {
    scheme: schemes.odoo,
    signingSecret: 'a-secret-of-24-characters',
    stranger: { signingSecret: 'another-secret-24-chars-' },
    tamper: null,
    message: message(1),
    otherMessage: message(2),
  }
  const { webhooks, feeds, polls } = odoo
  run(only({ webhooks, feeds, polls }), {
    config: (url) => ({ ...config, url }),
    webhooks: Object.fromEntries(Object.keys(webhooks).map((topic) => [topic, hook])),
    feeds: { products: {}, parties: {}, warehouses: {}, vendors: {} },
    polls: { changes: {} },
    fake: doubleAs(() => double, null),
    isWrite,
  })
})
