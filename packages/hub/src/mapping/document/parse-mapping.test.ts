import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { problemsOf } from '../../../test/support/mapping.ts'
import { parseMapping } from './parse-mapping.ts'

const events = 'events:\n  - type: case.noted\n    data: { note: record.note }\n'
const head = 'mapping: 1\ndirection: inbound\nsource: { format: json }\n'

describe('a mapping document', () => {
  test('may be as short as this', () => {
    assert.deepEqual(problemsOf(`${head}${events}`), [])
  })

  test('is inbound where it does not say', () => {
    assert.deepEqual(problemsOf(`mapping: 1\nsource: { format: json }\n${events}`), [])
  })

  const mistakes: Readonly<Record<string, readonly [yaml: string, problem: string]>> = {
    'a field that is written wrong': [
      `${head}evnts: []\n${events}`,
      '4:1 evnts: there is no evnts here; did you mean events?',
    ],
    'no version': [
      `source: { format: json }\n${events}`,
      '1:1 : a mapping document begins with `mapping: 1`',
    ],
    'another version': [
      `mapping: 2\nsource: { format: json }\n${events}`,
      '1:10 mapping: must be 1, the version of this format',
    ],
    'a key that stands twice': [
      `${head}mapping: 1\n${events}`,
      '4:1 mapping: mapping stands twice',
    ],
    'a list where a group belongs': ['- 1', '1:1 : must be a group of fields'],
    'nothing in it': ['', '1:1 : must be a group of fields'],
    'no events': [head, '1:1 events: is missing: what the payload means'],
    'a format that nobody knows': [
      `mapping: 1\nsource: { format: pdf }\n${events}`,
      "2:19 source.format: Invalid discriminator value. Expected 'json' | 'form' | 'xml' | 'csv' | 'x12'",
    ],
    'an option that its format has not': [
      `mapping: 1\nsource: { format: json, delimiter: x }\n${events}`,
      '2:9 source: Unrecognized key: "delimiter"',
    ],
    'a list without fields': [
      `${head}events:\n  - type: case.noted\n    data: { refs: { each: record.refs } }\n`,
      '6:19 events[0].data.refs: needs fields, or an item, for what is in the list',
    ],
    'a name for an item that is taken': [
      `${head}events:\n  - type: case.noted\n    data: { refs: { each: record.a, as: record, item: record.b } }\n`,
      '6:41 events[0].data.refs.as: must be a name of letters and digits that means nothing else',
    ],
    'an expression torn apart by a comma': [
      `${head}events:\n  - type: case.noted\n    data: { note: text(record.a, record.b) }\n`,
      '6:34 events[0].data.record.b): must be an expression; within braces, one with a comma stands in quotes',
    ],
    'an example out of its folder': [
      `${head}${events}examples:\n  - { name: a, input: { file: ../a.json }, output: [] }\n`,
      '8:31 examples[0].input.file: must be the path of a file beside the document',
    ],
    'a broken line': [
      'mapping: [1\n',
      '2:1 : Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  }
  for (const [name, [yaml, problem]] of Object.entries(mistakes)) {
    test(`with ${name} is refused, with the place`, () => {
      assert.ok(problemsOf(yaml).includes(problem), problemsOf(yaml).join('\n'))
    })
  }

  test('says all that is wrong at once', () => {
    const yaml = 'mapping: 2\nsource: { format: pdf }\nevnts: []\nevents: []\n'
    assert.equal(problemsOf(yaml).length, 4)
  })

  test('may write down once what it says twice', () => {
    const yaml = `${head}events:\n  - type: case.noted\n    data: &data { note: record.note }\n  - type: return.canceled\n    data: *data\n`
    assert.deepEqual(problemsOf(yaml), [])
  })

  test('keeps fields with names of its own within `fields`', () => {
    const parsed = parseMapping(
      `${head}events:\n  - type: case.noted\n    data: { fields: { note: record.each }, when: record.ok }\n`,
    )
    assert.ok(parsed.ok && parsed.document.direction === 'inbound')
    assert.equal(parsed.document.events[0]?.data.when?.text, 'record.ok')
  })
})
