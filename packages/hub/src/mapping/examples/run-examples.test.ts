import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { pumpWords } from '../../../test/support/mapping.ts'
import { parseMapping } from '../document/parse-mapping.ts'
import { differencesOf } from './difference.ts'
import { runExamples } from './run-examples.ts'

const inbound = `
mapping: 1
source: { format: csv, records: rows }
events:
  - type: goods.received
    when: row.id != "ignored"
    data:
      receiptId: row.id
      lines: [{ lineNo: { value: 1 }, quantity: row.qty, condition: 'vocabulary("condition", row.state)' }]
examples:
`

const files = new Map([
  ['in.csv', Buffer.from('id,qty,state\nR1,2,\nR2,3,\n')],
  [
    'out.json',
    Buffer.from(
      JSON.stringify([
        {
          type: 'goods.received',
          data: { receiptId: 'R1', lines: [{ lineNo: 1, quantity: '2' }] },
        },
        {
          type: 'goods.received',
          data: { receiptId: 'R2', lines: [{ lineNo: 1, quantity: '3' }] },
        },
      ]),
    ),
  ],
])

function run(yaml: string) {
  const parsed = parseMapping(yaml)
  assert.ok(parsed.ok, JSON.stringify(parsed))
  const ran = runExamples(parsed.document, files, pumpWords)
  assert.ok(ran.ok, JSON.stringify(ran))
  return ran.results
}

describe('examples', () => {
  test('pass where every record of the file comes to the events, with defaults left out', () => {
    const [result] = run(
      `${inbound}  - { name: two receipts, input: { file: in.csv }, output: { file: out.json } }\n`,
    )
    assert.deepEqual(result, { name: 'two receipts', line: 11, outcome: 'passed' })
  })

  test('say where something else came out', () => {
    const [result] = run(`${inbound}
  - name: one receipt
    input: { text: "id,qty,state\\nR1,2,\\n" }
    output: [{ type: goods.received, data: { receiptId: R2, lines: [{ lineNo: 1, quantity: "2" }] } }]
`)
    assert.ok(result?.outcome === 'differs')
    assert.deepEqual(result.differences, [
      { pointer: '/0/data/receiptId', expected: 'R2', actual: 'R1' },
    ])
  })

  test('can expect that nothing comes of it, or that it cannot be read', () => {
    const results = run(`${inbound}
  - { name: ignored, input: { text: "id,qty,state\\nignored,2,\\n" }, output: { ignored: true } }
  - { name: a word, input: { text: "id,qty,state\\nR1,2,broken\\n" }, output: { unreadable: MD01 } }
  - { name: a surprise, input: { text: "id,qty,state\\nR1,2,broken\\n" }, output: [] }
  - { name: no file, input: { file: other.csv }, output: [] }
`)
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      ['passed', 'passed', 'failed', 'failed'],
    )
    assert.match(JSON.stringify(results[2]), /MD01: condition \\"broken\\"/)
    assert.match(JSON.stringify(results[3]), /there is no file other\.csv/)
  })

  test('of a command show the request', () => {
    const results = run(`
mapping: 1
direction: outbound
request: { method: { value: POST }, path: '"/cases/" + segment(command.caseNo)' }
body: { headline: command.body.headline }
examples:
  - name: told
    input: { type: channel.update, caseNo: RMA-000123-7, body: { headline: received } }
    output: { method: POST, path: /cases/RMA-000123-7, body: { headline: received } }
  - name: told otherwise
    input: { type: channel.update, caseNo: RMA-000123-7, body: { headline: received } }
    output: { method: PUT }
`)
    assert.equal(results[0]?.outcome, 'passed')
    assert.ok(results[1]?.outcome === 'differs')
    assert.equal(results[1].differences[0]?.pointer, '/method')
  })
})

describe('differences', () => {
  test('are named by pointers, at most twenty', () => {
    assert.deepEqual(differencesOf({ 'a/b': [1, { c: 2 }] }, { 'a/b': [1, { c: 3 }], d: 4 }), [
      { pointer: '/a~1b/1/c', expected: 2, actual: 3 },
      { pointer: '/d', expected: undefined, actual: 4 },
    ])
    const list = Array.from({ length: 50 }, (_, index) => index)
    assert.equal(differencesOf(list, []).length, 20)
    assert.deepEqual(differencesOf([], {}), [{ pointer: '', expected: [], actual: {} }])
  })
})
