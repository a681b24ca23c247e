import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Ajv, type ValidateFunction } from 'ajv'

/**
 * Checks what was sent and answered against schemas of a vendor's own description, cut down to what is used.
 * Source and license stand in the file.
 */
export function specOf(name: string): (schema: string, value: unknown) => void {
  const url = new URL(`../fixtures/specs/${name}.json`, import.meta.url)
  const schemas = JSON.parse(readFileSync(url, 'utf8')) as Readonly<Record<string, object>>
  const ajv = new Ajv({ strict: false, allErrors: true, schemas: [{ ...schemas, $id: 'spec' }] })
  const known = new Map<string, ValidateFunction>()
  return (schema, value) => {
    const found = known.get(schema) ?? ajv.compile({ $ref: `spec#/${schema}` })
    known.set(schema, found)
    // What is undefined is not on the wire.
    found(JSON.parse(JSON.stringify(value)))
    const said = found.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`)
    assert.deepEqual(said ?? [], [])
  }
}

test('a description refuses what it does not describe', () => {
  const check = specOf('shipengine')
  assert.throws(() => check('voided', { approved: 'yes', message: '' }), assert.AssertionError)
  check('voided', { approved: true, message: '' })
})
