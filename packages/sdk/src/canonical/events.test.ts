import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { axes } from './axes.ts'
import {
  causalRank,
  cloudEventType,
  type EventType,
  eventTypeOf,
  eventTypes,
  internalEventTypes,
  parseCanonicalEvent,
} from './events.ts'
import { eventExamples } from './examples.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

function envelope(type: EventType, data: unknown, changes: Record<string, unknown> = {}) {
  return {
    specversion: '1.0',
    id: 'evt_1',
    source: '/shop-eu',
    type: cloudEventType(type),
    time: '2026-11-23T08:15:00Z',
    data,
    ...changes,
  }
}

function requested(changes: Record<string, unknown> = {}) {
  return envelope('return.requested', { ...eventExamples['return.requested'], ...changes })
}

/** Every value that stands somewhere in `value`, with a function that puts another one there. */
function* leaves(value: Json, put: (other: unknown) => unknown): Iterable<[Json, typeof put]> {
  if (typeof value !== 'object' || value === null) {
    yield [value, put]
    return
  }
  for (const [key, child] of Object.entries(value)) {
    yield* leaves(child, (other) =>
      put(
        Array.isArray(value) ? value.with(Number(key), other as Json) : { ...value, [key]: other },
      ),
    )
  }
}

function assertRefused(event: unknown, what: string) {
  const result = parseCanonicalEvent(event)
  assert.equal(result.ok, false, what)
  assert.ok(!result.ok && result.problems.length > 0, what)
}

describe('an event of every type', () => {
  for (const type of eventTypes) {
    const data = eventExamples[type]

    test(`${type} is read`, () => {
      const result = parseCanonicalEvent(envelope(type, data))
      assert.ok(result.ok, JSON.stringify(result))
      assert.equal(result.event.type, type)
    })

    test(`${type} is refused where a text is none that can be kept`, () => {
      for (const [value, put] of leaves(data as Json, (other) => other)) {
        if (typeof value !== 'string') continue
        for (const bad of [
          `${value}\u0000`,
          `\ud800${value}`,
          Number.POSITIVE_INFINITY,
          { $ne: value },
          [value],
        ]) {
          const changed = put(bad)
          assertRefused(envelope(type, changed), JSON.stringify(changed))
        }
      }
    })
  }

  test('comes back from its CloudEvents name', () => {
    for (const type of eventTypes) assert.equal(eventTypeOf(cloudEventType(type)), type)
    assert.equal(cloudEventType('return.approved'), 'backhaul.return.approved.v1')
  })

  test('has a place in the order of causes of its own', () => {
    assert.deepEqual(eventTypes.map(causalRank), [...eventTypes.keys()])
    assert.ok(causalRank('return.approved') < causalRank('goods.received'))
    assert.ok(causalRank('goods.received') < causalRank('inspection.completed'))
    assert.ok(causalRank('credit.posted') < causalRank('refund.settled'))
  })

  test('that only the hub makes is a known type', () => {
    for (const type of internalEventTypes) assert.ok(eventTypes.includes(type), type)
  })
})

describe('a type that is not known', () => {
  test('is refused, whatever it is called', () => {
    for (const type of [
      '',
      'return.approved',
      'backhaul.return.approved.v2',
      'backhaul.return.approved',
      'BACKHAUL.RETURN.APPROVED.V1',
      'com.example.thing',
      'backhaul.__proto__.v1',
      'constructor',
      'toString',
      'x'.repeat(101),
      7,
      null,
    ]) {
      assertRefused({ ...envelope('return.approved', {}), type }, String(type))
    }
  })
})

describe('a time', () => {
  test('is refused outside of this century, and where the calendar has none', () => {
    for (const time of [
      '0000-01-01T00:00:00Z',
      '9999-12-31T23:59:59Z',
      '1999-12-31T23:59:59Z',
      '2100-01-01T00:00:00Z',
      '+012026-01-01T00:00:00Z',
      '2026-02-29T00:00:00Z',
      '2026-11-23T24:00:00Z',
      '2026-11-23T23:59:60Z',
      '2026-13-01T00:00:00Z',
      '2026-11-23',
      '2026-11-23T08:15:00',
      '1795413600',
      '',
      'now',
      1_795_413_600,
      null,
    ]) {
      assertRefused(envelope('case.noted', { note: 'x' }, { time }), String(time))
      assertRefused(envelope('return.extended', { validUntil: time }), String(time))
    }
  })

  test('is read with any offset', () => {
    for (const time of ['2026-11-23T08:15:00+05:45', '2026-11-23T08:15:00.123456789Z']) {
      const { ok } = parseCanonicalEvent(envelope('case.noted', { note: 'x' }, { time }))
      assert.equal(ok, true, time)
    }
  })
})

describe('a request', () => {
  const line = eventExamples['return.requested'].lines[0]
  assert.ok(line)

  test('for less than something, or for too much, is refused', () => {
    for (const quantity of [
      '-1',
      '0',
      '0.000',
      '1e9',
      '1e400',
      '1234567890123',
      2,
      -2,
      Number.POSITIVE_INFINITY,
      null,
    ]) {
      assertRefused(requested({ lines: [{ ...line, quantity }] }), String(quantity))
    }
  })

  test('with an amount that no ledger holds is refused', () => {
    for (const amount of [
      '1e9',
      '1e400',
      '1234567890123',
      '119.001',
      119,
      Number.POSITIVE_INFINITY,
      null,
      '-',
    ]) {
      const captured = { amount, currency: 'EUR' }
      assertRefused(
        requested({ tenders: [{ paymentId: 'p', method: 'card', captured }] }),
        `${amount}`,
      )
    }
  })

  test('whose money is no amount with a currency is refused', () => {
    for (const captured of [
      { amount: '119.00' },
      { currency: 'EUR' },
      { amount: '119.00', currency: 'eur' },
      { amount: '119.00', currency: 'XTS' },
      { amount: '119.00', currency: ['EUR'] },
      { amount: '119.00', currency: { code: 'EUR' } },
      { amount: '119.50', currency: 'JPY' },
      ['119.00', 'EUR'],
      '119.00 EUR',
      119,
    ]) {
      const tenders = [{ paymentId: 'p', method: 'card', captured }]
      assertRefused(requested({ tenders }), JSON.stringify(captured))
    }
    for (const currency of ['', 'eur', 'XTS', null, ['EUR']]) {
      assertRefused(requested({ currency }), JSON.stringify(currency))
    }
  })

  test('with 1,000 lines is read, with more or none it is refused', () => {
    const lines = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ ...line, lineNo: index + 1 }))
    assert.equal(parseCanonicalEvent(requested({ lines: lines(1000) })).ok, true)
    for (const count of [0, 1001, 10_001]) {
      const started = performance.now()
      assertRefused(requested({ lines: lines(count) }), `${count} lines`)
      assert.ok(performance.now() - started < 2000, `${count} lines hold the hub up`)
    }
  })

  test('tells at most 20 of its problems, by pointer', () => {
    const lines = Array.from({ length: 500 }, () => ({ ...line, quantity: '-1', lineNo: 0 }))
    const result = parseCanonicalEvent(requested({ lines }))
    assert.ok(!result.ok)
    assert.equal(result.problems.length, 20)
    assert.deepEqual(result.problems[0]?.pointer, '/data/lines/0/lineNo')
  })

  test('that names a product by nothing is refused', () => {
    for (const product of [{}, { name: 'Pump' }, { sku: '' }, { gtin: '123' }, { other: 'x' }]) {
      assertRefused(requested({ lines: [{ ...line, product }] }), JSON.stringify(product))
    }
  })

  test('gets what was left out by default', () => {
    const { flags: _flags, ...data } = { ...eventExamples['return.requested'], flags: [] }
    const result = parseCanonicalEvent(envelope('return.requested', data))
    assert.ok(result.ok)
    const read = result.event.data as { company: string; priority: string; flags: string[] }
    assert.deepEqual(
      { company: read.company, priority: read.priority, flags: read.flags },
      { company: 'main', priority: 'normal', flags: [] },
    )
  })
})

describe('a link', () => {
  test('leads to the web and nowhere else', () => {
    const label = (url: unknown) =>
      envelope('label.issued', { parcel: { parcelId: 'P-1' }, label: { url } })
    assert.equal(parseCanonicalEvent(label('https://labels.example/ü?a=1#b')).ok, true)
    for (const url of [
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'ftp://a.example',
      '//a.example',
      'a.example',
      'https://',
      'https://a.example/ b',
      'https://a.example/\u0000',
      'https://a.example/\ud800',
      'java\nscript:alert(1)',
      '',
      null,
    ]) {
      assertRefused(label(url), String(url))
    }
  })
})

describe('a field that is not known', () => {
  test('is dropped, so that a newer sender is understood', () => {
    const event = envelope('case.noted', { note: 'x', mood: 'good' }, { vendorextension: 'y' })
    const result = parseCanonicalEvent(event)
    assert.ok(result.ok)
    assert.deepEqual(result.event.data, { note: 'x' })
    assert.equal(Object.hasOwn(result.event, 'vendorextension'), false)
  })

  test('that would reach for the prototype of objects is dropped, and harms nothing', () => {
    const evil = '{"isAdmin":true,"note":"y"}'
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      const data = JSON.parse(`{"note":"x","${key}":${evil}}`) as unknown
      const event = JSON.parse(
        `{"${key}":${evil},"refs":1,"base":${JSON.stringify(envelope('case.noted', data))}}`,
      ) as { base: object }
      const result = parseCanonicalEvent(event.base)
      assert.ok(result.ok, key)
      assert.deepEqual(Object.keys(result.event.data), ['note'])
      assert.equal(Object.getPrototypeOf(result.event.data), Object.prototype)
    }
    assert.equal(({} as { isAdmin?: boolean }).isAdmin, undefined)
  })

  test('is dropped at every depth', () => {
    const text = JSON.stringify(requested()).replaceAll('{', '{"__proto__":{"evil":1},"zz":2,')
    const result = parseCanonicalEvent(JSON.parse(text))
    assert.ok(result.ok, JSON.stringify(result))
    assert.doesNotMatch(JSON.stringify(result.event), /evil|zz/)
  })
})

describe('whatever comes in', () => {
  const isVerdict = (input: unknown) => {
    const result = parseCanonicalEvent(input)
    if (result.ok) return
    assert.ok(result.problems.length > 0)
    for (const { pointer, message } of result.problems) {
      assert.match(pointer, /^(\/([^~/]|~[01])*)*$/s)
      assert.equal(typeof message, 'string')
    }
  }

  test('is read or refused, and never thrown over', () => {
    fc.assert(fc.property(fc.anything(), isVerdict), { numRuns: 5000 })
  })

  test('in an envelope of any type is read or refused, and never thrown over', () => {
    const event = fc.record({
      type: fc.constantFrom(...eventTypes),
      data: fc.oneof(fc.jsonValue(), fc.anything()),
    })
    fc.assert(
      fc.property(event, ({ type, data }) => isVerdict(envelope(type, data))),
      { numRuns: 5000 },
    )
  })

  test('in place of any value of an event is read or refused, and never thrown over', () => {
    const places = eventTypes.flatMap((type) =>
      [...leaves(eventExamples[type] as Json, (other) => other)].map(([, put]) => ({ type, put })),
    )
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.anything(), ({ type, put }, value) =>
        isVerdict(envelope(type, put(value))),
      ),
      { numRuns: 10_000 },
    )
  })

  test('comes out as JSON that reads as the same event again', () => {
    for (const type of eventTypes) {
      const first = parseCanonicalEvent(envelope(type, eventExamples[type]))
      assert.ok(first.ok)
      const again = parseCanonicalEvent(
        envelope(type, JSON.parse(JSON.stringify(first.event.data))),
      )
      assert.ok(again.ok)
      assert.deepEqual(again.event.data, first.event.data, type)
    }
  })

  test('may be nested deeply, and is dropped or refused all the same', () => {
    const deep = (depth: number) =>
      JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as unknown
    isVerdict(deep(5000))
    isVerdict(envelope('case.noted', { note: 'x', deep: deep(5000) }))
    assertRefused(envelope('case.noted', { note: deep(5000) }), 'deep')
    assertRefused(envelope('case.noted', deep(5000)), 'deep data')
  })
})

describe('a status report', () => {
  test('is about one of the eight axes', () => {
    for (const axis of axes) {
      const { ok } = parseCanonicalEvent(envelope('status.reported', { axis, state: 'posted' }))
      assert.equal(ok, true, axis)
    }
    for (const axis of ['', 'A', 'Settlement', '__proto__', null]) {
      assertRefused(envelope('status.reported', { axis, state: 'posted' }), String(axis))
    }
  })
})
