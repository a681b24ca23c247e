import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { findBreaks } from './find-breaks.mjs'

const text = { type: 'string' }
const nothing = { type: 'null' }
const message = (properties, required = []) => ({ type: 'object', properties, required })

function breaksOf(older, newer) {
  return findBreaks(older, newer).map(({ path, kind, breaks }) => `${breaks} ${path} ${kind}`)
}

/** Breaks of one field, which is `before` in the old version and `after` in the new one. */
function change(before, after) {
  return breaksOf(message({ field: before }), message({ field: after }))
}

describe('old and new can share a contract', () => {
  const line = message({ quantity: text }, ['quantity'])

  test('that stayed as it was', () => {
    const same = message({ lines: { type: 'array', items: line }, note: text }, ['lines'])
    assert.deepEqual(breaksOf(same, structuredClone(same)), [])
  })

  test('that got or lost a field which may be missing', () => {
    assert.deepEqual(breaksOf(message({ a: text }), message({ a: text, b: text })), [])
    assert.deepEqual(breaksOf(message({ a: text, b: text }), message({ a: text })), [])
  })

  test('that was only explained better', () => {
    const before = { ...text, description: 'One.', examples: ['a'] }
    assert.deepEqual(change(before, { ...text, description: 'Two.', title: 'T' }), [])
  })

  test('whose parts moved into a definition, or out of it', () => {
    const inline = message({ line, other: text })
    const shared = {
      ...message({ line: { $ref: '#/$defs/Line' }, other: text }),
      $defs: { Line: line },
    }
    assert.deepEqual(breaksOf(inline, shared), [])
    assert.deepEqual(breaksOf(shared, inline), [])
  })

  test('whose list of values was declared open, when it grows or shrinks', () => {
    const open = (...values) => ({ ...text, enum: values, 'x-open-enum': true })
    assert.deepEqual(change(open('a'), open('a', 'b')), [])
    assert.deepEqual(change(open('a', 'b'), open('a')), [])
  })

  test('whose alternatives stand in another order', () => {
    assert.deepEqual(change({ anyOf: [text, nothing] }, { anyOf: [nothing, text] }), [])
    assert.deepEqual(change({ anyOf: [text, nothing] }, { type: ['null', 'string'] }), [])
  })
})

describe('old and new cannot share a contract', () => {
  test('once a field is required', () => {
    const before = message({ a: text })
    assert.deepEqual(breaksOf(before, message({ a: text }, ['a'])), ['new /a required'])
    assert.deepEqual(breaksOf(before, message({ a: text, b: text }, ['b'])), ['new /b required'])
  })

  test('once a required field is gone, or may be missing', () => {
    const before = message({ a: text }, ['a'])
    assert.deepEqual(breaksOf(before, message({})), ['old /a required'])
    assert.deepEqual(breaksOf(before, message({ a: text })), ['old /a required'])
  })

  test('once a type is narrower, wider or another', () => {
    const either = { anyOf: [text, nothing] }
    assert.deepEqual(change(either, text), ['new /field type'])
    assert.deepEqual(change(text, either), ['old /field type'])
    assert.deepEqual(change({ type: 'integer' }, { type: 'number' }), ['old /field type'])
    assert.deepEqual(change(text, {}), ['old /field type'])
    assert.deepEqual(change(text, line()), ['new /field type', 'old /field type'])
  })

  function line() {
    return message({ quantity: text }, ['quantity'])
  }

  test('once a value is gone or added, or its list closed over', () => {
    const values = (...list) => ({ ...text, enum: list })
    assert.deepEqual(change(values('a', 'b'), values('a')), ['new /field enum'])
    assert.deepEqual(change(values('a'), values('a', 'b')), ['old /field enum'])
    assert.deepEqual(change(text, values('a')), ['new /field enum'])
    assert.deepEqual(change(values('a'), text), ['old /field enum'])
    assert.deepEqual(change({ ...text, const: 'a' }, values('a', 'b')), ['old /field enum'])
    // Opened too late: the old readers know of no open list.
    const open = { ...values('a', 'b'), 'x-open-enum': true }
    assert.deepEqual(change(values('a'), open), ['old /field enum'])
  })

  test('once a bound is tighter, looser, new or gone', () => {
    for (const [type, keyword, low, high] of [
      ['string', 'maxLength', 5, 10],
      ['integer', 'maximum', 5, 10],
      ['number', 'exclusiveMaximum', 5, 10],
      ['array', 'maxItems', 5, 10],
    ]) {
      const tight = { type, [keyword]: low }
      const loose = { type, [keyword]: high }
      assert.deepEqual(change(loose, tight), [`new /field ${keyword}`])
      assert.deepEqual(change(tight, loose), [`old /field ${keyword}`])
      assert.deepEqual(change({ type }, tight), [`new /field ${keyword}`])
      assert.deepEqual(change(tight, { type }), [`old /field ${keyword}`])
    }
    for (const [type, keyword] of [
      ['string', 'minLength'],
      ['integer', 'minimum'],
      ['number', 'exclusiveMinimum'],
      ['array', 'minItems'],
    ]) {
      assert.deepEqual(change({ type, [keyword]: 1 }, { type, [keyword]: 2 }), [
        `new /field ${keyword}`,
      ])
      assert.deepEqual(change({ type, [keyword]: 1 }, { type }), [`old /field ${keyword}`])
    }
  })

  test('once a pattern or a format is another one', () => {
    for (const keyword of ['pattern', 'format']) {
      const before = { ...text, [keyword]: 'date' }
      const after = { ...text, [keyword]: 'time' }
      assert.deepEqual(change(before, after), [`new /field ${keyword}`, `old /field ${keyword}`])
      assert.deepEqual(change(before, text), [`old /field ${keyword}`])
      assert.deepEqual(change(text, before), [`new /field ${keyword}`])
    }
  })

  test('once a field that is left out means something else', () => {
    const before = { ...text, default: 'a' }
    assert.deepEqual(change(before, { ...text, default: 'b' }), ['new /field default'])
    assert.deepEqual(change(before, text), ['new /field default'])
  })

  test('once fields that are not known are refused', () => {
    const strict = { ...message({ a: text }), additionalProperties: false }
    assert.deepEqual(breaksOf(message({ a: text }), strict), ['new  additionalProperties'])
  })

  test('once the values of a record are others', () => {
    const record = (value) => ({ type: 'object', additionalProperties: value })
    assert.deepEqual(change(record(text), record({ type: 'number' })), [
      'new /field/* type',
      'old /field/* type',
    ])
  })

  test('however deep the change is', () => {
    const deep = (value) => ({
      ...message({ lines: { type: 'array', items: { $ref: '#/$defs/Line' } } }),
      $defs: {
        Line: message({ money: { $ref: '#/$defs/Money' } }),
        Money: message({ amount: value }),
      },
    })
    const breaks = breaksOf(deep(text), deep({ type: 'number' }))
    assert.deepEqual(breaks, ['new /lines/*/money/amount type', 'old /lines/*/money/amount type'])
  })
})

describe('what is not understood', () => {
  test('is an error, and not a pass', () => {
    const cases = [
      { ...text, contentEncoding: 'base64' },
      { allOf: [text] },
      { type: 'object', patternProperties: { a: text } },
      { $ref: 'https://schemas.example/line.json' },
      { anyOf: [text, nothing], maxLength: 5 },
    ]
    for (const schema of cases)
      assert.throws(() => change(schema, schema), /cannot (compare|follow)/)
  })

  test('is a schema without an end', () => {
    const endless = {
      $ref: '#/$defs/Node',
      $defs: { Node: message({ next: { $ref: '#/$defs/Node' } }) },
    }
    assert.throws(() => findBreaks(endless, endless), /no end/)
  })
})
