import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import {
  listSecrets,
  mapSecrets,
  secret,
  secretPaths,
  unmarkedSecretPaths,
} from './secret-fields.ts'

const text = secret(z.string().min(1))
const schema = z.strictObject({
  url: z.string(),
  token: text,
  chained: text.describe('still a secret').refine(() => true),
  optional: text.optional(),
  nullable: text.nullable().default(null),
  inbound: z.array(text).max(4).default([]),
  headers: z.record(z.string(), text).default({}),
  nested: z.object({ deep: z.object({ key: text }) }).readonly(),
  auth: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('basic'), user: z.string(), pass: text }),
    z.object({ kind: z.literal('bearer'), bearer: text }),
  ]),
  piped: text.transform((value) => value.trim()),
})

const value = {
  url: 'https://acme.example',
  token: 't0ken',
  inbound: ['one', 'two'],
  headers: { 'x-key': 'three', constructor: 'four' },
  nested: { deep: { key: 'five' } },
  auth: { kind: 'basic', user: 'agent', pass: 'six' },
}

describe('the secrets of a configuration', () => {
  test('are found below every kind of wrapper', () => {
    assert.deepEqual(secretPaths(schema).toSorted(), [
      'auth.bearer',
      'auth.pass',
      'chained',
      'headers.*',
      'inbound.*',
      'nested.deep.key',
      'nullable',
      'optional',
      'piped',
      'token',
    ])
  })

  test('are replaced in a copy, and nothing else is', () => {
    const sealed = mapSecrets(value, secretPaths(schema), (found, path) => `<${path}:${found}>`)
    assert.deepEqual(sealed, {
      url: 'https://acme.example',
      token: '<token:t0ken>',
      inbound: ['<inbound.0:one>', '<inbound.1:two>'],
      headers: { 'x-key': '<headers.x-key:three>', constructor: '<headers.constructor:four>' },
      nested: { deep: { key: '<nested.deep.key:five>' } },
      auth: { kind: 'basic', user: 'agent', pass: '<auth.pass:six>' },
    })
    assert.equal(value.token, 't0ken')
  })

  test('come back as they were', () => {
    const paths = secretPaths(schema)
    const sealed = mapSecrets(value, paths, (found) => `sealed ${found}`)
    const opened = mapSecrets(sealed, paths, (found) => found.replace('sealed ', ''))
    assert.deepEqual(opened, value)
  })

  test('are listed, to be cut out of texts', () => {
    const listed = listSecrets(value, secretPaths(schema))
    assert.deepEqual(listed.toSorted(), ['five', 'four', 'one', 'six', 't0ken', 'three', 'two'])
  })

  test('are marked in the JSON Schema, for the form that asks for them', () => {
    const { properties } = z.toJSONSchema(z.object({ token: text }))
    const field = properties?.['token']
    assert.ok(typeof field === 'object')
    assert.equal(field['secret'], true)
    assert.equal(field.writeOnly, true)
  })

  test('cannot hide in a schema that is not searched', () => {
    for (const hiding of [z.lazy(() => text), z.map(z.string(), text), z.set(text)]) {
      assert.throws(() => secretPaths(z.object({ hiding })), TypeError)
    }
  })

  test('cannot be forgotten where the name gives them away', () => {
    const named = z.object({
      apiKey: z.string(),
      password: z.string().min(8).optional(),
      accounts: z.array(z.object({ access_token: z.string() })),
      webhookSecrets: z.array(z.string()),
      tokenUrl: z.string(),
      secretary: z.string(),
      hasPassword: z.boolean(),
      clientSecret: secret(z.string()),
    })
    assert.deepEqual(unmarkedSecretPaths(named).toSorted(), [
      'accounts.*.access_token',
      'apiKey',
      'password',
      'webhookSecrets.*',
    ])
  })
})
