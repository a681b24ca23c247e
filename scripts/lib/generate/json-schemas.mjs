import {
  cloudEventType,
  commandDescriptions,
  commandJsonSchema,
  commandTypes,
  entityJsonSchema,
  entitySchemas,
  eventDescriptions,
  eventJsonSchema,
  eventTypes,
} from '../../../packages/sdk/src/canonical/index.ts'

// biome-ignore format: a list
const keyOrder = [
  '$schema', '$id', '$ref', 'title', 'description', 'type', 'const', 'enum', 'x-open-enum', 'format', 'pattern',
  'minLength', 'maxLength', 'minimum', 'exclusiveMinimum', 'maximum', 'exclusiveMaximum', 'multipleOf', 'minItems',
  'maxItems', 'uniqueItems', 'properties', 'required', 'propertyNames', 'additionalProperties', 'items', 'anyOf',
  'default', 'examples', '$defs',
]
const rank = new Map(keyOrder.map((key, index) => [key, index]))
/** Keywords whose value is a map from names to schemas. The order of the names is the author's. */
const maps = new Set(['properties', '$defs'])
const literals = new Set(['const', 'enum', 'default', 'examples', 'required'])

/** Every published schema by its kind and name, with its keywords in one order on every machine. */
export function publishedSchemas() {
  return {
    events: Object.fromEntries(eventTypes.map((type) => [type, eventSchema(type)])),
    commands: Object.fromEntries(commandTypes.map((type) => [type, commandSchema(type)])),
    entities: Object.fromEntries(
      Object.keys(entitySchemas).map((name) => [name, entitySchema(name)]),
    ),
  }
}

/** The files of contracts/json-schema, by path. */
export function jsonSchemaFiles(schemas) {
  return Object.entries(schemas).flatMap(([kind, byName]) =>
    Object.entries(byName).map(([name, schema]) => [
      `contracts/json-schema/${kind}/${name}.json`,
      `${JSON.stringify(schema, null, 2)}\n`,
    ]),
  )
}

function eventSchema(type) {
  return ordered({
    ...eventJsonSchema(type),
    $id: `urn:backhaul:event:${cloudEventType(type)}`,
    title: cloudEventType(type),
    description: eventDescriptions[type],
  })
}

function commandSchema(type) {
  return ordered({
    ...commandJsonSchema(type),
    $id: `urn:backhaul:command:${type}`,
    title: type,
    description: commandDescriptions[type],
  })
}

function entitySchema(name) {
  const { $ref, $defs, ...rest } = entityJsonSchema(name)
  const own = $ref?.replace('#/$defs/', '')
  const { [own]: body, ...others } = $defs ?? {}
  return ordered({
    ...rest,
    ...body,
    $id: `urn:backhaul:entity:${name}`,
    title: name,
    ...(Object.keys(others).length > 0 ? { $defs: others } : {}),
  })
}

function ordered(schema) {
  if (typeof schema !== 'object' || schema === null) return schema
  if (Array.isArray(schema)) return schema.map(ordered)
  const entries = Object.entries(schema).map(([key, value]) => {
    if (literals.has(key)) return [key, value]
    return [key, maps.has(key) ? orderedMap(value) : ordered(value)]
  })
  return Object.fromEntries(entries.toSorted(([a], [b]) => rankOf(a) - rankOf(b)))
}

function orderedMap(map) {
  return Object.fromEntries(Object.entries(map).map(([name, schema]) => [name, ordered(schema)]))
}

function rankOf(key) {
  const found = rank.get(key)
  if (found === undefined)
    throw new Error(`give the keyword ${key} a place in the published schemas`)
  return found
}
