import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type CompiledPolicy, compilePolicyText } from './compile.ts'
import { evaluatePolicy } from './evaluate.ts'
import { type PolicyInputs, writtenInputs } from './inputs.ts'
import { activePolicies } from './select.ts'

function compiled(text: string, version = 1): CompiledPolicy {
  const made = compilePolicyText(text, { version })
  assert.ok(made.ok, JSON.stringify(made))
  return made.policy
}

function ruleSet(rules: readonly object[], more: object = {}): CompiledPolicy {
  const full = rules.map((rule, index) => {
    return { id: `R${index + 1}`, version: 1, title: 'A rule', level: 'line', ...rule }
  })
  return compiled(JSON.stringify({ policy: 1, name: 'test', rules: full, ...more }))
}

function inputs(line: object = {}, more: object = {}): PolicyInputs {
  return writtenInputs.parse({ lines: [{ lineNo: 1, quantity: '4', ...line }], ...more })
}

/** What a rule makes of a line: its verdict and the cause. */
function ask(rule: object, line: object = {}) {
  const { lines, reasons } = evaluatePolicy(ruleSet([{ verdict: 'deny', ...rule }]), inputs(line))
  return [lines[0]?.verdict, reasons[0]?.cause ?? null]
}

describe('a rule', () => {
  test('speaks when it applies and holds, but for its exception', () => {
    assert.deepEqual(ask({ if: 'line.unit == "EA"' }), ['deny', 'rule'])
    assert.deepEqual(ask({ when: 'line.invoiced', if: 'line.unit == "EA"' }), ['allow', null])
    assert.deepEqual(ask({ if: 'true', except: 'line.fault == "customer"' }), ['allow', null])
  })

  test('that needs a fact which nobody has said does what it says about that', () => {
    const rule = { if: 'line.category == "hygiene"' }
    assert.deepEqual(ask(rule), ['refer', 'unknown'])
    assert.deepEqual(ask({ ...rule, unknown: 'need_info' }), ['need_info', 'unknown'])
    assert.deepEqual(ask({ ...rule, unknown: 'allow' }), ['allow', 'unknown'])
    assert.deepEqual(ask({ ...rule, unknown: 'skip' }), ['allow', null])
    assert.deepEqual(ask(rule, { category: 'pumps' }), ['allow', null])
  })

  test('that says itself what is to be done without a fact is not asked about that', () => {
    const rule = { if: 'line.category == null || line.category == "hygiene"' }
    assert.deepEqual(ask(rule), ['deny', 'rule'])
    assert.deepEqual(ask(rule, { category: 'pumps' }), ['allow', null])
  })

  test('that holds whatever an unknown fact is needs it not', () => {
    assert.deepEqual(ask({ if: 'line.unit == "EA" || line.category == "x"' }), ['deny', 'rule'])
    assert.deepEqual(ask({ if: 'line.unit == "KG" && line.category == "x"' }), ['allow', null])
  })

  test('that cannot be worked out is for a person, whatever it would have said', () => {
    const { reasons } = evaluatePolicy(
      ruleSet([{ verdict: 'allow', if: '1 / (line.lineNo - 1) > 0' }]),
      inputs(),
    )
    assert.equal(reasons[0]?.verdict, 'refer')
    assert.match(reasons[0]?.detail ?? '', /^RULE_FAILED/)
  })

  test('is asked from its first to its last day, as the customer’s calendar has it', () => {
    const rule = { verdict: 'deny', if: 'true', from: '2026-11-03', to: '2026-11-03' }
    const at = (requestedAt: string, timeZone: string) =>
      evaluatePolicy(ruleSet([rule], { timeZone }), inputs({}, { case: { requestedAt } })).verdict
    assert.equal(at('2026-11-02T23:30:00.000Z', 'UTC'), 'allow')
    assert.equal(at('2026-11-02T23:30:00.000Z', 'Europe/Berlin'), 'deny')
    assert.equal(at('2026-11-04T00:00:00.000Z', 'UTC'), 'allow')
  })

  test('counts days as a calendar does, also when the clocks change', () => {
    const between = (from: string, to: string) =>
      evaluatePolicy(
        ruleSet([{ verdict: 'deny', if: 'daysBetween(line.deliveredAt, case.requestedAt) == 1' }], {
          timeZone: 'Europe/Berlin',
        }),
        inputs({ deliveredAt: from }, { case: { requestedAt: to } }),
      ).verdict
    assert.equal(between('2026-10-24T21:00:00.000Z', '2026-10-25T22:30:00.000Z'), 'deny')
    assert.equal(between('2026-10-24T21:00:00.000Z', '2026-10-24T23:00:00.000Z'), 'deny')
    assert.equal(between('2026-10-24T21:00:00.000Z', '2026-10-24T21:59:00.000Z'), 'allow')
  })
})

describe('a return of a thousand lines', () => {
  const serials = Array.from({ length: 20 }, (_, index) => `SN-${index}`)
  const lines = Array.from({ length: 1_000 }, (_, index) => {
    return { lineNo: index + 1, serials, shippedSerials: serials }
  })
  const many = writtenInputs.parse({ lines })

  test('is decided line by line', () => {
    const shipped = 'line.serials.all(one, one in line.shippedSerials)'
    const rules = Array.from({ length: 5 }, () => ({ verdict: 'refer', if: `!(${shipped})` }))
    assert.equal(evaluatePolicy(ruleSet(rules), many).verdict, 'allow')
  })

  test('is for a person where a rule would look at all of them for each', () => {
    const rule = { verdict: 'allow', if: 'lines.all(a, lines.exists(b, b.lineNo == a.lineNo))' }
    const { verdict, reasons } = evaluatePolicy(ruleSet([rule]), many)
    assert.equal(verdict, 'refer')
    assert.match(reasons.at(-1)?.detail ?? '', /^RULE_FAILED/)
  })
})

describe('of several rules', () => {
  const all = ['allow', 'modify', 'need_info', 'refer', 'deny']

  test('the worst verdict stands, and every reason is kept', () => {
    for (let count = 1; count <= all.length; count += 1) {
      const rules = all.slice(0, count).map((verdict) => {
        return {
          verdict,
          if: 'true',
          ...(verdict === 'modify' ? { modify: { quantity: '3' } } : {}),
        }
      })
      const decision = evaluatePolicy(ruleSet(rules), inputs())
      assert.equal(decision.verdict, all[count - 1])
      assert.equal(decision.reasons.length, count)
    }
  })

  test('that modify, the smallest quantity and the latest trigger stand', () => {
    const modify = (quantity: string, trigger: string) => {
      return { verdict: 'modify', if: 'true', modify: { quantity, trigger } }
    }
    const { lines, terms } = evaluatePolicy(
      ruleSet([modify('3', 'on_receipt'), modify('line.quantity - 2', 'on_first_scan')]),
      inputs(),
    )
    assert.equal(lines[0]?.quantity, '2')
    assert.equal(terms?.trigger, 'on_receipt')
  })

  test('fees are taken of what is authorized, each with its tax, and never more than that', () => {
    const fee = (percent: number) => {
      const part = (of: string) => `percentOf(approved.${of}Minor, ${percent})`
      const fees = [{ kind: 'restocking', net: part('net'), tax: part('tax') }]
      return { verdict: 'modify', if: 'true', modify: { fees } }
    }
    const value = { netMinor: 10_000, taxMinor: 1_900 }
    const half = { verdict: 'modify', if: 'true', modify: { quantity: '2' } }
    const once = evaluatePolicy(ruleSet([fee(15), half]), inputs(value))
    assert.deepEqual(once.terms?.fees, [{ kind: 'restocking', netMinor: 750, taxMinor: 143 }])
    const twice = evaluatePolicy(ruleSet([fee(60), fee(60)]), inputs(value))
    assert.deepEqual(twice.terms?.fees, [{ kind: 'restocking', netMinor: 10_000, taxMinor: 1_900 }])
  })
})

describe('of several rule sets', () => {
  const set = (name: string, scope: object) =>
    compiled(
      JSON.stringify({
        policy: 1,
        name,
        scope,
        rules: [{ id: 'R', version: 1, title: 'R', level: 'case', verdict: 'refer', if: 'true' }],
      }),
    )
  const active = activePolicies([
    set('pumps', { channels: ['ecommerce'], categories: ['pumps'] }),
    set('shop', { channels: ['ecommerce'] }),
    set('all', { kinds: ['standard'] }),
  ])
  const scope = { company: 'main', channel: 'ecommerce', kind: 'standard', category: null }

  test('the most specific one that fits decides', () => {
    assert.equal(active.find({ ...scope, category: 'pumps' })?.name, 'pumps')
    assert.equal(active.find(scope)?.name, 'all')
    assert.equal(active.find({ ...scope, kind: 'warranty' })?.name, 'shop')
    assert.equal(active.find({ ...scope, channel: 'edi', kind: 'warranty' }), null)
  })

  test('none is asked about a return that none can decide', () => {
    assert.equal(active.covers(scope), true)
    assert.equal(active.covers({ ...scope, channel: 'edi', kind: 'warranty' }), false)
  })
})
