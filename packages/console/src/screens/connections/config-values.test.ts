import assert from 'node:assert/strict'
import { test } from 'node:test'
import { configOf, fieldsOf, valuesOf } from './config-values.ts'
import type { Connector } from './connections-api.ts'

const connector: Connector = {
  key: 'desk',
  title: 'Desk',
  roles: ['helpdesk'],
  topics: [],
  canCheck: true,
  secretPaths: ['token', 'hookSecrets.*'],
  config: {
    properties: {
      trackDays: { type: 'integer', default: 30 },
      url: { type: 'string' },
      token: { type: 'string' },
      mode: { type: 'string', enum: ['all', 'none'] },
      hookSecrets: { type: 'array', items: { type: 'string' } },
      notes: { type: 'boolean' },
      fields: { type: 'object' },
    },
    required: ['url', 'token', 'trackDays'],
  },
}
const fields = fieldsOf(connector)

test('a form asks first for what has to be filled in, and knows what is secret', () => {
  assert.deepEqual(
    fields.map(({ name, kind, isRequired, isSecret }) => [name, kind, isRequired, isSecret]),
    [
      ['url', 'text', true, false],
      ['token', 'text', true, true],
      ['trackDays', 'number', false, false],
      ['mode', 'choice', false, false],
      ['hookSecrets', 'lines', false, true],
      ['notes', 'switch', false, false],
      ['fields', 'json', false, false],
    ],
  )
})

test('what is left empty is left out, and a secret that is left empty is kept', () => {
  const stored = { url: 'https://a.example', token: '********', retry: { delaysSeconds: [1] } }
  const values = valuesOf(fields, stored)
  assert.deepEqual(values, { url: 'https://a.example' })
  assert.deepEqual(configOf(fields, values, stored), stored)
  const changed = { ...values, hookSecrets: 'one\n\n two ', trackDays: '7', fields: '{"a":1}' }
  assert.deepEqual(configOf(fields, { ...changed, notes: 'true' }), {
    url: 'https://a.example',
    hookSecrets: ['one', 'two'],
    trackDays: 7,
    fields: { a: 1 },
    notes: true,
  })
})
