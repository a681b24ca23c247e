import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createExpressionLanguage } from './language.ts'

const language = createExpressionLanguage({
  types: { Line: { sku: 'string', at: 'dyn', tags: 'list<string>' } },
  variables: { line: 'Line', lines: 'list<Line>', limits: 'map' },
  functions: [],
})

function readsOf(text: string) {
  const compiled = language.compile(text)
  assert.ok(compiled.ok, compiled.ok ? '' : compiled.problem.message)
  return compiled.expression.reads
}

test('an expression says which fields it looks at', () => {
  const text = 'line.sku in limits.skus && lines.exists(each, each.sku == line.sku)'
  assert.deepEqual(readsOf(text).paths, ['line.sku', 'limits.skus', 'lines', 'each', 'each.sku'])
})

test('an expression says which fields it can do without', () => {
  const text = 'line.at != null && line.at == "x" || null == limits.most'
  assert.deepEqual(readsOf(text).nullTested, ['line.at', 'limits.most'])
})

test('a field that a type does not have is refused with its place', () => {
  const compiled = language.compile('line.sku == "a" && line.skuu == "b"')
  assert.ok(!compiled.ok)
  assert.match(compiled.problem.message, /skuu/)
  assert.ok(compiled.problem.offset >= 19)
})
