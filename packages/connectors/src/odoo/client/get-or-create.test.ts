import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import type { DeliveryError } from '@backhaul/sdk/connector'
import { type Answer, fakeConfig, fakeOdoo19 } from '../../../test-odoo/fake-server.ts'
import { getOrCreate, type KeyedDocument } from './get-or-create.ts'
import { Odoo } from './odoo.ts'

const recorded = JSON.parse(
  readFileSync(new URL('recorded/load.json', import.meta.url), 'utf8'),
) as readonly { note: string; body: unknown; code: string }[]

const transfer: KeyedDocument = {
  key: 'backhaul.RMA-000123-7-return',
  values: { 'picking_type_id/.id': 19, origin: 'RMA-000123-7', is_locked: false, note: null },
  lines: {
    field: 'move_ids',
    records: [
      {
        key: 'backhaul.RMA-000123-7-return-line1',
        values: { product_uom_qty: '2', to_refund: true },
      },
      {
        key: 'backhaul.RMA-000123-7-return-line2',
        values: { product_uom_qty: '1.5', 'tax_ids/.id': [4, 5] },
      },
    ],
  },
}

async function load(answers: readonly Answer[], document = transfer) {
  let turn = 0
  const { fetch, seen } = fakeOdoo19(() => answers[Math.min(turn++, answers.length - 1)] ?? {})
  const signal = new AbortController().signal
  const odoo = await Odoo.open({ config: fakeConfig(), fetch, signal, now: new Date(0) })
  const outcome = await getOrCreate(odoo, 'stock.picking', document).catch(
    (error: DeliveryError) => error,
  )
  const sent = seen.slice(1)
  return { outcome, sent, body: sent.at(-1)?.body as Record<string, unknown> }
}

const made: Answer = { body: { ids: [192], messages: [], nextrow: 0 } }
const failed = (message: string): Answer => ({ body: { ids: false, messages: [{ message }] } })
const conflict = failed('could not serialize access due to concurrent update\n')

describe('a document with a key', () => {
  test('is sent as a table: every line with an id of its own, booleans as words', async () => {
    const { outcome, body } = await load([made])
    assert.equal(outcome, 192)
    assert.deepEqual(body['fields'], [
      'id',
      'picking_type_id/.id',
      'origin',
      'is_locked',
      'note',
      'move_ids/id',
      'move_ids/product_uom_qty',
      'move_ids/to_refund',
      'move_ids/tax_ids/.id',
    ])
    assert.deepEqual(body['data'], [
      [
        'backhaul.RMA-000123-7-return',
        '19',
        'RMA-000123-7',
        'False',
        '',
        'backhaul.RMA-000123-7-return-line1',
        '2',
        'True',
        '',
      ],
      ['', '', '', '', '', 'backhaul.RMA-000123-7-return-line2', '1.5', '', '4,5'],
    ])
  })

  test('is found and not rewritten from the first time on', async () => {
    const { body } = await load([made])
    assert.deepEqual(body['context'], { mode: 'update', noupdate: true })
  })

  test('may have no lines', async () => {
    const { body } = await load([made], { key: 'backhaul.a', values: { name: 'x' } })
    assert.deepEqual([body['fields'], body['data']], [['id', 'name'], [['backhaul.a', 'x']]])
  })

  test('is asked for again by who lost against another', async () => {
    const { outcome, sent } = await load([conflict, conflict, made])
    assert.equal(outcome, 192)
    assert.equal(sent.length, 3)
  })

  test('is left for later when it goes on like that', async () => {
    const { outcome, sent } = await load([conflict])
    assert.deepEqual([(outcome as DeliveryError).kind, sent.length], ['retryable', 4])
  })

  test('that another made a moment ago is found; one that cannot be there twice is refused', async () => {
    const twice = failed('duplicate key value violates unique constraint "ir_model_data_unique"')
    assert.equal((await load([twice, made])).outcome, 192)
    const { outcome } = await load([twice])
    assert.equal((outcome as DeliveryError).kind, 'terminal')
  })

  test('is unknown when the answer is no answer', async () => {
    const { outcome } = await load([{ body: { ids: 'yes' } }])
    assert.deepEqual(
      [(outcome as DeliveryError).kind, (outcome as DeliveryError).code],
      ['unknown', 'RESPONSE_MALFORMED'],
    )
  })

  for (const { note, body, code } of recorded) {
    test(`fails as it was recorded: ${note}`, async () => {
      const { outcome } = await load([{ body }])
      const error = outcome as DeliveryError
      assert.equal(error.code, code)
      // Neither a value that was sent nor a row of the database.
      assert.doesNotMatch(error.message, /999999|abc|RMA 00140|47666|Model:|DETAIL/)
    })
  }
})
