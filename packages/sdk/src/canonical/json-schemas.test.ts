import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { commandTypes } from './commands.ts'
import { type EntityName, entitySchemas } from './entities.ts'
import { eventTypes } from './events.ts'
import { commandJsonSchema, entityJsonSchema, eventJsonSchema } from './json-schemas.ts'

const schemas = [
  ...eventTypes.map((type) => [type, eventJsonSchema(type)] as const),
  ...commandTypes.map((type) => [type, commandJsonSchema(type)] as const),
  ...(Object.keys(entitySchemas) as EntityName[]).map(
    (name) => [name, entityJsonSchema(name)] as const,
  ),
]

describe('a published schema', () => {
  test('is draft 2020-12', () => {
    for (const [name, schema] of schemas) {
      assert.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema', name)
    }
  })

  test('lets fields be added, so that old readers go on reading', () => {
    for (const [name, schema] of schemas) {
      assert.doesNotMatch(JSON.stringify(schema), /"additionalProperties":false/, name)
    }
  })

  test('is made anew the same', () => {
    for (const type of eventTypes) assert.deepEqual(eventJsonSchema(type), eventJsonSchema(type))
  })

  test('names what is left out by default as not required by its sender', () => {
    const { data } = z
      .object({ data: z.object({ required: z.array(z.string()) }) })
      .parse(eventJsonSchema('return.requested').properties)
    assert.ok(data.required.includes('sourceRef'))
    assert.ok(!data.required.includes('company'))
  })

  test('names what a command always holds as required', () => {
    const text = JSON.stringify(commandJsonSchema('credit.draft').$defs)
    const { Credit } = JSON.parse(text) as { Credit: { required: string[] } }
    assert.deepEqual(Credit.required, ['creditId', 'lines', 'fees', 'total', 'method'])
  })

  test('says of a time that it is one, in the words of JSON Schema', () => {
    const text = JSON.stringify(eventJsonSchema('return.extended').$defs)
    const { Instant } = JSON.parse(text) as { Instant: Record<string, unknown> }
    assert.deepEqual(
      { type: Instant['type'], format: Instant['format'], pattern: Instant['pattern'] },
      {
        type: 'string',
        format: 'date-time',
        pattern: undefined,
      },
    )
  })
})
