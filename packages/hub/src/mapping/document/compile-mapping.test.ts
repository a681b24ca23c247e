import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { problemsOf } from '../../../test/support/mapping.ts'

/** A document with one event, whose data stands from line 5, indented by six. */
function withData(type: string, ...lines: readonly string[]): string {
  const data = lines.map((line) => `      ${line}\n`).join('')
  return `mapping: 1\nsource: { format: json }\nevents:\n  - type: ${type}\n    data:\n${data}`
}

function assertProblem(yaml: string, problem: RegExp): void {
  const problems = problemsOf(yaml)
  assert.ok(
    problems.some((one) => problem.test(one)),
    problems.join('\n') || 'nothing was found',
  )
}

describe('compiling a document', () => {
  test('finds an event type that does not exist, and those that only the hub makes', () => {
    assertProblem(
      withData('return.request', 'note: record.a'),
      /^4:11 events\[0\]\.type: .*return\.requested\?$/,
    )
    assertProblem(withData('timer.fired', 'timer: record.a'), /only the hub itself/)
  })

  test('finds fields that the contract does not have, at any depth', () => {
    assertProblem(withData('case.noted', 'noet: record.a', 'note: record.b'), /^6:13 .*mean note\?/)
    assertProblem(
      withData(
        'label.voided',
        'parcelId: record.a',
        'refs:',
        '  - { sytem: record.b, type: record.c, value: record.d, system: record.e }',
      ),
      /no field sytem; did you mean system\?/,
    )
  })

  test('finds what the contract needs and nothing sets', () => {
    assertProblem(
      withData(
        'goods.received',
        'receiptId: record.a',
        'lines:',
        '  each: record.lines',
        '  fields: { lineNo: index + 1 }',
      ),
      /needs quantity here/,
    )
    assertProblem(
      withData('return.requested', 'note: record.a'),
      /needs channel, sourceRef, customer/,
    )
  })

  test('finds constants that the contract does not take', () => {
    assertProblem(
      withData('status.reported', 'axis: { value: colour }', 'state: record.a'),
      /^6:13 events\[0\]\.data\.axis: the contract does not take this constant/,
    )
  })

  test('finds values of the wrong kind', () => {
    assertProblem(withData('case.noted', 'note: record.a == "b"'), /wants a text here.*bool/)
    assertProblem(
      withData('case.noted', 'note: { a: record.a }'),
      /wants a text here, and not a group/,
    )
    assertProblem(
      withData('label.voided', 'parcelId: [record.a]'),
      /wants a text here, and not a list/,
    )
  })

  test('finds mistakes in expressions where they are', () => {
    assertProblem(
      withData('case.noted', 'note: record.a + othr'),
      /^6:24 events\[0\]\.data\.note: Unknown/,
    )
    assertProblem(withData('case.noted', `note: 'record.a + othr'`), /^6:25 /)
    assertProblem(withData('case.noted', 'note: nofunction(record.a)'), /^6:13 .*nofunction/)
  })

  test('finds names in calls that mean nothing', () => {
    const call = (text: string) => withData('case.noted', `note: ${text}`)
    assertProblem(
      call('vocabulary("reasn", record.a)'),
      /knows no vocabulary reasn; did you mean reason\?/,
    )
    assertProblem(call('vocabulary(record.b, record.a)'), /written out/)
    assertProblem(call('time(record.a, "Europe/Belin", "iso")'), /no time zone Europe\/Belin/)
    assertProblem(call('time(record.a, "UTC", record.b)'), /written out/)
    assertProblem(call('product("skuu", record.a)'), /did you mean sku\?/)
    assertProblem(call('money(record.a, "EURO")'), /ISO 4217/)
  })

  test('finds a constant that is not there', () => {
    assertProblem(withData('case.noted', 'note: constants.hello'), /there is no constants\.hello/)
  })

  test('finds a condition that is none', () => {
    assertProblem(
      withData('case.noted', 'note: { from: record.a, when: record.b + "x" }'),
      /a condition is true or false/,
    )
  })

  test('finds records that are no path, and groups without records', () => {
    const source = (text: string) =>
      `mapping: 1\nsource: ${text}\nevents:\n  - type: case.noted\n    data: { note: record.a }\n`
    assertProblem(source('{ format: json, records: "rows.filter(r, true)" }'), /bare path/)
    assertProblem(source('{ format: json, groupBy: row.a }'), /names none/)
  })

  test('finds headers that are not for a document to set', () => {
    const yaml = `mapping: 1\ndirection: outbound\nrequest:\n  method: { value: POST }\n  path: { value: /a }\n  headers: { Authorization: command.caseNo, "a b": command.caseNo }\n`
    assertProblem(yaml, /set by the connection/)
    assertProblem(yaml, /no name of a header/)
  })
})
