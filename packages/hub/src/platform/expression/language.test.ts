import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { budgetFor } from './budget.ts'
import { createExpressionLanguage, HaltError } from './language.ts'

const language = createExpressionLanguage({
  variables: { record: 'dyn' },
  functions: [
    { signature: 'shout(string): string', call: (text: string) => text.toUpperCase() },
    {
      signature: 'stop(dyn): string',
      call: () => {
        throw new HaltError('nobody knows')
      },
    },
  ],
})

function run(text: string, record: unknown = {}) {
  const compiled = language.compile(text)
  assert.ok(compiled.ok, compiled.ok ? '' : compiled.problem.message)
  return compiled.expression.evaluate({ record }, budgetFor(record))
}

function failureOf(result: ReturnType<typeof run>) {
  return result.ok ? null : result.code
}

function refusal(text: string) {
  const compiled = language.compile(text)
  assert.ok(!compiled.ok, `${text} was taken`)
  return compiled.problem
}

describe('an expression', () => {
  test('reads a record, and calls what it is given', () => {
    assert.deepEqual(run('shout(record.name) + "!"', { name: 'ada' }), { ok: true, value: 'ADA!' })
  })

  test('reckons with the numbers of a record as a person would', () => {
    assert.deepEqual(run('record.qty * 2 + 1', { qty: 3 }), { ok: true, value: 7 })
    assert.deepEqual(run('10 / record.qty', { qty: 4 }), { ok: true, value: 2.5 })
  })

  test('says what is missing', () => {
    assert.equal(failureOf(run('record.name')), 'missing_key')
  })

  test('hands on what a function says', () => {
    const result = run('stop(record)')
    assert.ok(!result.ok && result.code === 'halted')
    assert.equal(result.cause?.message, 'nobody knows')
  })

  test('is refused with the place of its mistake', () => {
    assert.equal(refusal('record.a + other').offset, 11)
    assert.match(refusal('record.a +').message, /EOF/)
  })

  test('sees nothing of a prototype', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      assert.equal(failureOf(run(`record.${name}`)), 'missing_key')
    }
  })

  test('searches by patterns in linear time', () => {
    const text = `${'a'.repeat(9_000)}!`
    const startedMs = performance.now()
    assert.deepEqual(run('record.text.matches("^(a+)+$")', { text }), { ok: true, value: false })
    assert.ok(performance.now() - startedMs < 1_000)
  })

  const hostile: Record<string, string> = {
    'more characters than a rule has': `"${'x'.repeat(2_100)}"`,
    'more parts than a rule has': `1${' + 1'.repeat(400)}`,
    'brackets without end': `${'('.repeat(100)}1${')'.repeat(100)}`,
    'a pattern from the data': 'record.text.matches(record.pattern)',
    'a pattern with repetitions of repetitions': '"a".matches("((a{100}){100}){100}")',
    'iterations within iterations': '[1].map(a, [1].map(b, [1].map(c, a)))',
    'many iterations': '[1].map(a, a).map(a, a).map(a, a).map(a, a)',
    'iterations that make texts longer and longer':
      '["x"].map(a, a+a+a+a+a+a).map(a, a+a+a+a+a+a).map(a, a+a+a+a+a+a)',
    'names for values, which double them': 'cel.bind(a, "x" + "x", a + a)',
  }
  for (const [name, text] of Object.entries(hostile)) {
    test(`with ${name} is refused`, () => {
      assert.notEqual(refusal(text).message, '')
    })
  }

  test('goes through lists of lists, whatever else the record holds', () => {
    const record = {
      note: 'n'.repeat(5_000),
      lines: Array.from({ length: 20 }, (_, line) => ({ tags: [`tag ${line}`, 'rma'] })),
    }
    const text = 'record.lines.all(line, line.tags.exists(tag, tag == "rma"))'
    assert.deepEqual(run(text, record), { ok: true, value: true })
  })

  test('keeps the numbers that are written in it', () => {
    assert.deepEqual(run('0.125 + 1.5'), { ok: true, value: 1.625 })
    assert.match(refusal('0.00000000001 + 1.0').message, /decimals/)
  })

  test('says which functions it calls, with what is written out for them', () => {
    const compiled = language.compile('"a" + shout("b")')
    assert.ok(compiled.ok)
    assert.deepEqual(compiled.expression.calls, [{ name: 'shout', literals: ['b'], offset: 6 }])
  })

  test('over a long list is refused when it would take too long', () => {
    const list = Array.from({ length: 3_000 }, (_, index) => index)
    const text = 'record.list.all(a, record.list.all(b, a == b))'
    assert.equal(failureOf(run(text, { list })), 'too_costly')
  })
})
