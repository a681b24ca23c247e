import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { pumpMessage, pumpWords } from '../../../test/support/mapping.ts'
import { Compiler } from '../document/compiler.ts'
import { NoValue } from '../document/no-value.ts'
import { MappingRun } from '../run.ts'
import { functionTable } from './function-table.ts'

const scope = {
  record: { reason: 'DOA', id: 1001, buyer: { id: 77 } },
  line: { uom: 'case', sku: 'PUMP-12V' },
}

/** What an expression comes to: its value, or why it has none. */
function evaluate(text: string): unknown {
  const compiler = new Compiler({})
  const place = { line: 1, column: 1 }
  const expression = compiler.expression({ text, place, path: '', isOneLine: true }, [
    'record',
    'line',
  ])
  assert.ok(expression, JSON.stringify(compiler.problems))
  const { connectionId, receivedAt: at } = pumpMessage
  const wordScope = { connectionId, company: null, at }
  const run = new MappingRun({ words: pumpWords, isOutbound: false, wordScope, value: scope })
  return expression.read(scope, run)
}

function assertRefused(text: string, why: RegExp): void {
  const value = evaluate(text)
  assert.ok(value instanceof NoValue, `${text} came to ${JSON.stringify(value)}`)
  assert.match(value.message, why)
}

describe('the reference of functions', () => {
  for (const { name, example } of functionTable) {
    test(`tells the truth about ${name}`, () => {
      assert.deepEqual(evaluate(example.expression), JSON.parse(example.result))
    })
  }

  test('names no function twice', () => {
    assert.equal(new Set(functionTable.map(({ name }) => name)).size, functionTable.length)
  })
})

describe('nothing', () => {
  for (const text of ['""', 'null']) {
    test(`stays nothing in every function, also as ${text}`, () => {
      const calls = [
        `vocabulary("reason", ${text})`,
        `unit(${text})`,
        `product("sku", ${text})`,
        `party("account", ${text})`,
        `quantity(${text}, "case", "PUMP-12V")`,
        `money(${text}, "EUR")`,
        `decimal(${text}, ",")`,
        `time(${text}, "UTC", "iso")`,
        `upper(${text})`,
        `digest(${text})`,
      ]
      for (const call of calls) assert.equal(evaluate(call), null, call)
    })
  }
})

describe('a quantity', () => {
  test('without a unit is one of base units', () => {
    assert.equal(evaluate('quantity("3")'), '3')
    assert.equal(evaluate('quantity("3", "", "PUMP-12V")'), '3')
    assert.equal(evaluate('baseUnit("")'), 'EA')
  })

  test('finds its packs by whatever names the product', () => {
    assert.equal(evaluate('quantity(1, "case", product("sku", "PUMP-12V"))'), '24')
  })

  test('is exact', () => {
    assert.equal(evaluate('quantity("0.1", "case", "PUMP-12V")'), '2.4')
    assertRefused('quantity("0.00000001", "case", "PUMP-12V")', /6 decimals/)
    assertRefused('quantity("-1")', /below zero/)
    assertRefused('quantity("1e9")', /decimal number/)
    assertRefused('quantity("99999999999", "case", "PUMP-12V")', /below 1,000,000,000,000/)
  })

  test('was not said otherwise where it was said in base units', () => {
    assert.equal(evaluate('said("2", "each", "PUMP-12V")'), null)
  })
})

describe('money', () => {
  test('is never rounded', () => {
    assert.deepEqual(evaluate('money("100", "JPY")'), { amount: '100', currency: 'JPY' })
    assert.deepEqual(evaluate('money("-0.00", "EUR")'), { amount: '0.00', currency: 'EUR' })
    assert.deepEqual(evaluate('money("12.500", "eur")'), { amount: '12.50', currency: 'EUR' })
    assert.deepEqual(evaluate('money(10.1, "EUR")'), { amount: '10.10', currency: 'EUR' })
    assert.deepEqual(evaluate('money("999999999999.99", "EUR")'), {
      amount: '999999999999.99',
      currency: 'EUR',
    })
    assertRefused('money("1.005", "EUR")', /2 decimals/)
    assertRefused('money("0.1", "JPY")', /0 decimals/)
    assertRefused('money(0.1 + 0.2, "EUR")', /decimal/)
    assertRefused('money("1", record.reason)', /ISO 4217/)
    assertRefused('money("1", "")', /currency/)
    assertRefused('money("1000000000000", "EUR")', /below/)
  })
})

describe('a decimal', () => {
  const written: Readonly<Record<string, readonly [string, string]>> = {
    '1.234,50': [',', '1234.5'],
    '-1.234.567,8': [',', '-1234567.8'],
    '1 234,5': [',', '1234.5'],
    '1’234.50': ['.', '1234.5'],
    '1,234.5': ['.', '1234.5'],
    ',5': [',', '0.5'],
    '+7': [',', '7'],
  }
  for (const [text, [point, value]] of Object.entries(written)) {
    test(`reads ${text}`, () => {
      assert.equal(evaluate(`decimal("${text}", "${point}")`), value)
    })
  }

  test('that could be meant in two ways is refused', () => {
    for (const text of ['1.5', '1.23.456', '1,2,3', '12.34,5', 'abc', '1e5', '.', ',', '--1']) {
      assertRefused(`decimal("${text}", ",")`, /decimal/)
    }
  })
})

describe('a time', () => {
  const berlin = (text: string) => evaluate(`time("${text}", "Europe/Berlin", "yyyy-MM-dd HH:mm")`)

  test('is what the clocks of its zone showed', () => {
    assert.equal(berlin('2026-07-01 12:00'), '2026-07-01T10:00:00.000Z')
    assert.equal(berlin('2026-12-01 12:00'), '2026-12-01T11:00:00.000Z')
  })

  test('that the clocks had twice is the earlier one', () => {
    assert.equal(berlin('2026-10-25 02:30'), '2026-10-25T00:30:00.000Z')
  })

  test('that the clocks left out is as much later', () => {
    assert.equal(berlin('2026-03-29 02:30'), '2026-03-29T01:30:00.000Z')
  })

  test('with an offset of its own needs no zone', () => {
    assert.equal(
      evaluate('time("2026-07-01T12:00:00+09:00", "Europe/Berlin", "iso")'),
      '2026-07-01T03:00:00.000Z',
    )
    assert.equal(
      evaluate('time("01/07/2026 12:00 +0900", "Europe/Berlin", "dd/MM/yyyy HH:mm ZZZ")'),
      '2026-07-01T03:00:00.000Z',
    )
  })

  test('can be a number of seconds or milliseconds', () => {
    assert.equal(evaluate('time(1782900000, "UTC", "epoch_s")'), '2026-07-01T10:00:00.000Z')
    assert.equal(evaluate('time("1782900000000", "UTC", "epoch_ms")'), '2026-07-01T10:00:00.000Z')
  })

  test('that is none is refused', () => {
    assertRefused('time("31.02.2026", "UTC", "dd.MM.yyyy")', /format/)
    assertRefused('time("1e99", "UTC", "epoch_s")', /seconds/)
    assertRefused('time("2026-01-01", record.reason, "iso")', /IANA/)
  })
})

describe('customers', () => {
  test('are found by their numbers, or wait for a person', () => {
    assert.deepEqual(evaluate('party("account", 77)'), { partyId: 'C-77', name: 'Pumps Inc' })
    assertRefused('party("account", "78")', /party:account/)
  })
})

describe('texts', () => {
  test('do not grow without bounds', () => {
    assertRefused(`replace("${'a'.repeat(1_000)}", "a", "${'b'.repeat(500)}")`, /65536/)
    assertRefused(`split("${'a,'.repeat(300)}", ",")`, /200 parts/)
    assertRefused('upper([1])', /text or a number/)
    assertRefused('segment("..")', /needs a text/)
  })

  test('that a number looks like are the number', () => {
    assert.equal(evaluate('text(1001) + "/" + text(0.5)'), '1001/0.5')
  })
})
