import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { strictly } from './strictly.ts'

const schema = z.object({
  name: z.string().default('x'),
  part: z.object({ a: z.string().optional() }).refine(({ a }) => a !== 'bad', 'not this'),
  list: z
    .array(z.object({ n: z.number() }))
    .max(2)
    .optional(),
})
const strict = strictly(schema)

test('a strict schema takes and makes what the plain one does', () => {
  const value = { part: { a: 'b' }, list: [{ n: 1 }] }
  assert.deepEqual(strict.parse(value), schema.parse(value))
})

test('a strict schema refuses a field that it does not name, at any depth', () => {
  const surplus = [
    { part: {}, role: 'admin' },
    { part: { role: 'admin' } },
    { part: {}, list: [{ n: 1, role: 'admin' }] },
  ]
  for (const value of surplus) {
    assert.ok(schema.safeParse(value).success)
    assert.equal(strict.safeParse(value).error?.issues[0]?.code, 'unrecognized_keys')
  }
})

test('a strict schema keeps the other checks', () => {
  assert.ok(!strict.safeParse({ part: { a: 'bad' } }).success)
  assert.ok(!strict.safeParse({ part: {}, list: [{ n: 1 }, { n: 2 }, { n: 3 }] }).success)
})

test('the plain schema stays as it is', () => {
  assert.ok(schema.safeParse({ part: {}, more: 1 }).success)
})
