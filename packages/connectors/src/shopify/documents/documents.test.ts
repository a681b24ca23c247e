import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { shopifyAdminSchema, shopifyQueryCost } from '@backhaul/simulator'
import { parse, validate } from 'graphql'
import { mostPoints } from '../client/failures.ts'
import * as reads from './reads.ts'
import * as writes from './writes.ts'

/** Documented to be mandatory since 2026-04, and not in the schema. */
const needsKey = new Set(['refundCreate'])

describe('what is sent to Shopify', () => {
  for (const [name, text] of Object.entries({ ...reads, ...writes })) {
    test(`${name} is of the schema of Shopify`, () => {
      const problems = validate(shopifyAdminSchema(), parse(text))
      assert.deepEqual(
        problems.map(({ message }) => message),
        [],
      )
    })
  }

  test('asks for no more points than the hub waits for', () => {
    const schema = shopifyAdminSchema()
    const costs = Object.values({ ...reads, ...writes }).map((text) =>
      shopifyQueryCost({ schema, document: parse(text), variables: { first: 10 } }),
    )
    assert.ok(Math.max(...costs) <= mostPoints, String(costs))
  })

  test('carries an idempotency key where one is mandatory', () => {
    for (const text of Object.values(writes)) {
      const [, field = ''] = /\{\s*(\w+)\(/.exec(text) ?? []
      assert.equal(/@idempotent\(key: \$key\)/.test(text), needsKey.has(field), field)
    }
  })

  test('has a name for every operation, and no two the same', () => {
    const names = Object.values({ ...reads, ...writes }).map(
      (text) => /^(?:query|mutation) (Backhaul\w+)/.exec(text)?.[1],
    )
    assert.equal(new Set(names).size, names.length)
    assert.ok(names.every((name) => name !== undefined))
  })
})
