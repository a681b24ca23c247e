import { z } from 'zod'

/**
 * Marks a configuration field whose text is a secret: the hub stores it sealed, shows it to nobody and cuts
 * it out of logs and errors. The mark also reaches JSON Schema, as `secret` and `writeOnly`.
 */
export function secret<Schema extends z.ZodType<string>>(schema: Schema): Schema {
  return schema.meta({ ...schema.meta(), secret: true, writeOnly: true })
}

/**
 * Where a configuration holds secrets: dotted paths, `*` for any key or index, as `headers.*`.
 *
 * @throws {TypeError} for a schema whose secrets could be overlooked: recursive, or nested more than 16 deep.
 */
export function secretPaths(schema: z.ZodType): string[] {
  const paths: string[] = []
  visit(schema, [], (found, path) => {
    if (isSecret(found)) paths.push(path.join('.'))
  })
  return [...new Set(paths)]
}

/** Fields that are named like a secret and are not marked as one. */
export function unmarkedSecretPaths(schema: z.ZodType): string[] {
  const marked = new Set(secretPaths(schema))
  const paths: string[] = []
  visit(schema, [], (found, path) => {
    const name = path.findLast((part) => part !== '*') ?? ''
    const text = path.join('.')
    if (found instanceof z.ZodString && secretName.test(name) && !marked.has(text)) paths.push(text)
  })
  return [...new Set(paths)]
}

/** Copies `value` with each secret in it replaced: to seal, to unseal, to mask. */
export function mapSecrets(
  value: unknown,
  paths: readonly string[],
  replace: (secretText: string, path: string) => unknown,
): unknown {
  const patterns = paths.map((path) => path.split('.'))
  return mapAt(value, { patterns, path: [], replace })
}

/** Every secret that `value` holds, to be cut out of texts. */
export function listSecrets(value: unknown, paths: readonly string[]): string[] {
  const secrets: string[] = []
  mapSecrets(value, paths, (text) => secrets.push(text))
  return secrets
}

const secretName =
  /(secrets?|passwords?|passphrase|tokens?|api_?keys?|private_?keys?|access_?keys?)$/i
const maxDepth = 16

type Found = (schema: z.core.$ZodType, path: readonly string[]) => void

function visit(schema: z.core.$ZodType, path: readonly string[], found: Found): void {
  if (path.length > maxDepth) throw new TypeError('a configuration schema is nested too deep')
  found(schema, path)
  const below = (next: z.core.$ZodType, ...keys: string[]) => visit(next, [...path, ...keys], found)
  const { def } = (schema as z.core.$ZodTypes)._zod
  switch (def.type) {
    case 'object':
      for (const [key, field] of Object.entries(def.shape)) below(field, key)
      return
    case 'array':
      return below(def.element, '*')
    case 'record':
      return below(def.valueType, '*')
    case 'tuple':
      for (const item of def.items) below(item, '*')
      return
    case 'union':
      for (const option of def.options) below(option)
      return
    case 'intersection':
      below(def.left)
      return below(def.right)
    case 'pipe':
      below(def.in)
      return below(def.out)
    case 'lazy':
    case 'map':
    case 'set':
      throw new TypeError(`a configuration schema cannot hold a ${def.type}: ${path.join('.')}`)
    default:
      if ('innerType' in def) below(def.innerType)
  }
}

function isSecret(schema: z.core.$ZodType): boolean {
  return z.globalRegistry.get(schema)?.['secret'] === true
}

interface Walk {
  readonly patterns: readonly (readonly string[])[]
  readonly path: readonly string[]
  readonly replace: (secretText: string, path: string) => unknown
}

function mapAt(value: unknown, walk: Walk): unknown {
  if (typeof value === 'string') {
    const isMarked = walk.patterns.some((pattern) => pattern.length === 0)
    return isMarked ? walk.replace(value, walk.path.join('.')) : value
  }
  if (typeof value !== 'object' || value === null || walk.patterns.length === 0) return value
  const below = (key: string, item: unknown) =>
    mapAt(item, {
      ...walk,
      path: [...walk.path, key],
      patterns: walk.patterns
        .filter(([first]) => first === '*' || first === key)
        .map((pattern) => pattern.slice(1)),
    })
  if (Array.isArray(value)) return value.map((item, index) => below(String(index), item))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, below(key, item)]))
}
