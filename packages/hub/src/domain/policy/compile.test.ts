import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compilePolicyText } from './compile.ts'

const head = 'policy: 1\nname: test\nparameters: { windowDays: 30 }\n'

function ruleSet(rule: string, more = ''): string {
  return `${head}${more}rules:\n  - id: R1\n    version: 1\n    title: A rule\n    level: line\n    verdict: deny\n${rule}`
}

function problemsOf(text: string) {
  const compiled = compilePolicyText(text, { version: 1 })
  assert.ok(!compiled.ok, 'it was taken')
  return compiled.problems.map(({ line, column, path }) => `${line}:${column} ${path}`)
}

describe('a rule set', () => {
  test('is refused at the place of a field that does not exist', () => {
    assert.deepEqual(problemsOf(ruleSet('    if: "true"\n    iff: "true"\n')), ['11:11 rules[0]'])
  })

  test('is refused at the place in the expression that is wrong', () => {
    assert.deepEqual(problemsOf(ruleSet('    if: line.sku == "a" && line.colour == "red"\n')), [
      '10:33 rules[0].if',
    ])
    assert.deepEqual(problemsOf(ruleSet('    if: "line.colour == 1"\n')), ['10:15 rules[0].if'])
  })

  const wrong: Readonly<Record<string, string>> = {
    'a condition that is a number': ruleSet('    if: line.lineNo\n'),
    'a parameter that is not there': ruleSet('    if: line.lineNo > parameters.windowDayz\n'),
    'a comparison of a number with a text': ruleSet('    if: line.lineNo == "one"\n'),
    'the line in a rule about the return': ruleSet('    if: line.lineNo == 1\n').replace(
      'level: line',
      'level: case',
    ),
    'a change without the verdict modify': ruleSet(
      '    if: "true"\n    modify: { quantity: "1" }\n',
    ),
    'a fee without its tax': ruleSet(
      '    if: "true"\n    modify: { fees: [{ kind: restocking, net: "1" }] }\n',
    ).replace('verdict: deny', 'verdict: modify'),
    'two rules of one name': ruleSet(
      '    if: "true"\n  - { id: R1, version: 1, title: B, level: line, verdict: deny, if: "true" }\n',
    ),
    'a time zone that is none': ruleSet('    if: "true"\n', 'timeZone: Mars/Olympus\n'),
    'a word that is no verdict': ruleSet('    if: "true"\n').replace('deny', 'maybe'),
    'an override of a rule that is not there': ruleSet(
      '    if: "true"\n',
      'override: { id: P36, version: 1, title: O, limits: {}, never: [R9] }\n',
    ),
    'references to other parts of it': ruleSet('    if: &a "true"\n    except: *a\n'),
    'what is no YAML': 'policy: [',
    'nothing at all': '',
  }
  for (const [name, text] of Object.entries(wrong)) {
    test(`with ${name} is refused`, () => assert.ok(problemsOf(text).length > 0))
  }
})
