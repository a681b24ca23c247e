/*
 * Whether two versions of a contract can live together, told from their JSON Schemas.
 *
 * What one side writes by its version has to be readable by the other side's version, both ways: senders
 * and receivers are upgraded at different times, and what was sent long ago is read again when history
 * is replayed. Readers drop fields that they do not know, so a field that may be missing can come and go.
 */

/** What a schema says to people. It changes nothing that is read or written. */
const annotations = [
  '$schema',
  '$id',
  '$defs',
  '$comment',
  'id',
  'title',
  'description',
  'examples',
]
/** Keywords that are compared. Any other one is an error: what is not understood is not let through. */
// biome-ignore format: a table
const compared = [
  '$ref', 'type', 'enum', 'const', 'anyOf', 'default', 'x-open-enum',
  'minLength', 'maxLength', 'pattern', 'format',
  'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf',
  'items', 'minItems', 'maxItems', 'uniqueItems',
  'properties', 'required', 'additionalProperties', 'propertyNames',
]
const known = new Set([...annotations, ...compared])
const deepest = 40

/**
 * @returns one `{ path, kind, breaks, what }` for each change that one side could not read: `path`
 * points into the message, with `*` for any item; `breaks` names the readers that are lost, `old` or
 * `new`.
 * @throws {Error} on a keyword that is not understood, naming its place.
 */
export function findBreaks(older, newer) {
  const forward = compare({ writer: root(older), reader: root(newer) }, '')
  const backward = compare({ writer: root(newer), reader: root(older) }, '')
  return [
    ...forward.map((found) => ({ ...found, breaks: 'new' })),
    // A changed default is found from both sides, and is one change.
    ...backward
      .filter(({ kind }) => kind !== 'default')
      .map((found) => ({ ...found, breaks: 'old' })),
  ].toSorted((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)))
}

function root(schema) {
  return { schema, defs: schema.$defs ?? {} }
}

/** Follows references and puts what stands beside one over what it names. */
function resolved({ schema, defs }, path) {
  if (schema === true) return { schema: {}, defs }
  if (schema === false || typeof schema !== 'object' || schema === null) {
    throw new Error(`${path || '/'}: cannot compare the schema ${JSON.stringify(schema)}`)
  }
  const unknown = Object.keys(schema).find((keyword) => !known.has(keyword))
  if (unknown) throw new Error(`${path || '/'}: cannot compare the keyword ${unknown}`)
  if (schema.$ref === undefined) return { schema, defs }
  const name = /^#\/\$defs\/([^/]+)$/.exec(schema.$ref)?.[1]
  if (name === undefined || !Object.hasOwn(defs, name)) {
    throw new Error(`${path || '/'}: cannot follow ${schema.$ref}`)
  }
  const { $ref: _ref, ...beside } = schema
  return resolved({ schema: { ...defs[name], ...beside }, defs }, path)
}

/** What a reader would not take of what a writer may send. */
function compare({ writer, reader }, path) {
  if (path.split('/').length > deepest) throw new Error(`${path}: the schema has no end`)
  const from = resolved(writer, path)
  const to = resolved(reader, path)
  const found = []
  if (JSON.stringify(from.schema.default) !== JSON.stringify(to.schema.default)) {
    const was = JSON.stringify(from.schema.default) ?? 'nothing'
    const now = JSON.stringify(to.schema.default) ?? 'nothing'
    found.push({ path, kind: 'default', what: `left out, it meant ${was} and means ${now}` })
  }
  const writes = branches(from, path)
  const reads = branches(to, path)
  for (const form of writes) found.push(...compareForm(form, { reads, path }))
  return found
}

/** The forms that a value may take: one for each branch of `anyOf` and each of its types. */
function branches({ schema, defs }, path) {
  if (schema.anyOf !== undefined) {
    const beside = Object.keys(schema).filter(
      (keyword) => compared.includes(keyword) && !['anyOf', 'default'].includes(keyword),
    )
    if (beside.length > 0) throw new Error(`${path}: cannot compare ${beside[0]} beside anyOf`)
    return schema.anyOf.flatMap((branch) =>
      branches(resolved({ schema: branch, defs }, path), path),
    )
  }
  if (!Array.isArray(schema.type)) return [{ schema, defs }]
  return schema.type.map((type) => ({ schema: { ...schema, type }, defs }))
}

/** A form is read when one of the reader's forms takes it; if none does, the nearest one says why. */
function compareForm(form, { reads, path }) {
  const attempts = reads
    .filter((other) => isTypeRead(typeOf(form.schema), typeOf(other.schema)))
    .map((other) => compareSameType({ writer: form, reader: other }, path))
  if (attempts.length === 0) {
    const types = [...new Set(reads.map(({ schema }) => typeOf(schema) ?? 'any'))].join(' or ')
    return [{ path, kind: 'type', what: `${typeOf(form.schema) ?? 'any'} is not ${types}` }]
  }
  return attempts.toSorted((a, b) => a.length - b.length)[0]
}

function typeOf({ type, const: constant, enum: values }) {
  if (type !== undefined) return type
  const samples = constant === undefined ? values : [constant]
  if (samples?.length > 0) return samples[0] === null ? 'null' : typeof samples[0]
  return undefined
}

function isTypeRead(written, read) {
  return read === undefined || written === read || (written === 'integer' && read === 'number')
}

function compareSameType({ writer, reader }, path) {
  const from = writer.schema
  const to = reader.schema
  const values = valuesOf(from)
  const allowed = to['x-open-enum'] === true ? undefined : valuesOf(to)
  const found = []
  if (allowed !== undefined) found.push(...compareValues({ values, allowed }, path))
  else if (values === undefined) found.push(...compareBounds(from, { to, path }))
  else found.push(...values.flatMap((value) => checkValue(value, { to, path })))
  if (from.type === 'array') found.push(...compareItems({ writer, reader }, path))
  if (from.type === 'object') found.push(...compareFields({ writer, reader }, path))
  return found
}

function valuesOf(schema) {
  return schema.const === undefined ? schema.enum : [schema.const]
}

function compareValues({ values, allowed }, path) {
  if (values === undefined) {
    return [{ path, kind: 'enum', what: 'any value is sent where few are read' }]
  }
  const read = new Set(allowed.map((value) => JSON.stringify(value)))
  return values
    .filter((value) => !read.has(JSON.stringify(value)))
    .map((value) => ({ path, kind: 'enum', what: `${JSON.stringify(value)} is not read` }))
}

const lower = ['minLength', 'minimum', 'exclusiveMinimum', 'minItems']
const upper = ['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems']

function compareBounds(from, { to, path }) {
  const found = []
  const differ = (keyword) => {
    const sent = from[keyword] ?? 'none'
    found.push({ path, kind: keyword, what: `${keyword} ${sent} is sent, ${to[keyword]} is read` })
  }
  for (const keyword of lower) {
    if (to[keyword] !== undefined && !(from[keyword] >= to[keyword])) differ(keyword)
  }
  for (const keyword of upper) {
    if (to[keyword] !== undefined && !(from[keyword] <= to[keyword])) differ(keyword)
  }
  for (const keyword of ['pattern', 'format', 'multipleOf', 'uniqueItems']) {
    if (to[keyword] !== undefined && from[keyword] !== to[keyword]) differ(keyword)
  }
  return found
}

/** Whether a reader that lists no values takes one that a writer lists. */
function checkValue(value, { to, path }) {
  const isRead =
    typeof value !== 'string' ||
    (value.length >= (to.minLength ?? 0) &&
      value.length <= (to.maxLength ?? Number.POSITIVE_INFINITY) &&
      (to.pattern === undefined || new RegExp(to.pattern, 'u').test(value)))
  return isRead ? [] : [{ path, kind: 'enum', what: `${JSON.stringify(value)} is not read` }]
}

function compareItems({ writer, reader }, path) {
  if (reader.schema.items === undefined) return []
  const sent = part(writer, writer.schema.items ?? true)
  return compare({ writer: sent, reader: part(reader, reader.schema.items) }, `${path}/*`)
}

function compareFields({ writer, reader }, path) {
  const sent = writer.schema.properties ?? {}
  const read = reader.schema.properties ?? {}
  const always = new Set(writer.schema.required)
  const missing = (reader.schema.required ?? [])
    .filter((name) => !always.has(name))
    .map((name) => ({
      path: `${path}/${name}`,
      kind: 'required',
      what: Object.hasOwn(sent, name)
        ? 'is needed, and may be left out'
        : 'is needed, and not sent',
    }))
  const changed = Object.keys(sent)
    .filter((name) => Object.hasOwn(read, name))
    .flatMap((name) => {
      const fields = { writer: part(writer, sent[name]), reader: part(reader, read[name]) }
      return compare(fields, `${path}/${name}`)
    })
  return [...missing, ...changed, ...compareOthers({ writer, reader }, path)]
}

/** Fields that one side has no name for: a reader drops them, unless it says what they are. */
function compareOthers({ writer, reader }, path) {
  const { properties: named = {}, additionalProperties: others, propertyNames } = reader.schema
  const sent = writer.schema
  const unnamed = Object.entries(sent.properties ?? {}).filter(
    ([name]) => !Object.hasOwn(named, name),
  )
  if (others === false) {
    if (sent.additionalProperties === false && unnamed.length === 0) return []
    const what = 'fields that the reader does not know are refused'
    return [{ path, kind: 'additionalProperties', what }]
  }
  const found = []
  const add = (from, { to, at }) =>
    found.push(
      ...compare({ writer: part(writer, from), reader: part(reader, to) }, `${path}/${at}`),
    )
  if (others !== undefined) {
    for (const [name, schema] of unnamed) add(schema, { to: others, at: name })
    if (sent.additionalProperties) add(sent.additionalProperties, { to: others, at: '*' })
  }
  if (propertyNames !== undefined) {
    add(sent.propertyNames ?? { type: 'string' }, { to: propertyNames, at: '*' })
  }
  return found
}

/** A schema inside another one, which has the definitions. */
function part({ defs }, schema) {
  return { schema, defs }
}
