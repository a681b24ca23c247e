import type { Connector, FieldSchema } from './connections-api.ts'

/** How a field of a configuration is asked for. */
export interface Field {
  readonly name: string
  readonly kind: 'text' | 'number' | 'choice' | 'switch' | 'lines' | 'json'
  readonly isSecret: boolean
  readonly isRequired: boolean
  readonly choices: readonly string[]
  readonly hint: string | undefined
}

/** What stands in the form. */
export type Values = Readonly<Record<string, string>>

/** The fields of a connector's configuration, those that have to be filled in first. */
export function fieldsOf({ config, secretPaths }: Connector): Field[] {
  const required = new Set(config.required)
  const fields = Object.entries(config.properties ?? {}).map(([name, schema]): Field => {
    const kind = kindOf(schema)
    return {
      name,
      kind,
      choices: schema.enum ?? [],
      hint: schema.description,
      isSecret: secretPaths.some((path) => path === name || path === `${name}.*`),
      isRequired: required.has(name) && schema.default === undefined,
    }
  })
  return fields.toSorted((a, b) => Number(b.isRequired) - Number(a.isRequired))
}

function kindOf(schema: FieldSchema): Field['kind'] {
  if (schema.enum !== undefined) return 'choice'
  if (schema.type === 'boolean') return 'switch'
  if (schema.type === 'integer' || schema.type === 'number') return 'number'
  if (schema.type === 'string') return 'text'
  const items = schema.items as { readonly type?: unknown } | undefined
  return schema.type === 'array' && items?.type === 'string' ? 'lines' : 'json'
}

/** A stored configuration as the form shows it: of secrets, nothing. */
export function valuesOf(
  fields: readonly Field[],
  config: Readonly<Record<string, unknown>>,
): Values {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = config[field.name]
      if (value === undefined || field.isSecret) return []
      return [[field.name, textOf(field, value)]]
    }),
  )
}

function textOf({ kind }: Field, value: unknown): string {
  if (kind === 'json') return JSON.stringify(value, null, 2)
  if (kind === 'lines' && Array.isArray(value)) return value.join('\n')
  return String(value)
}

/**
 * The configuration that the form says. What is left empty is left out; a secret that is left empty stays as it is
 * stored.
 *
 * @throws {SyntaxError} for a field of JSON that is none.
 */
export function configOf(
  fields: readonly Field[],
  values: Values,
  stored: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const known = new Set(fields.map(({ name }) => name))
  const others = Object.entries(stored).filter(([name]) => !known.has(name))
  const said = fields.flatMap((field): [string, unknown][] => {
    const text = values[field.name]?.trim() ?? ''
    if (text !== '') return [[field.name, valueOf(field, text)]]
    return field.isSecret && field.name in stored ? [[field.name, stored[field.name]]] : []
  })
  return Object.fromEntries([...others, ...said])
}

function valueOf({ kind }: Field, text: string): unknown {
  if (kind === 'number') return Number(text)
  if (kind === 'switch') return text === 'true'
  if (kind === 'json') return JSON.parse(text)
  if (kind !== 'lines') return text
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
}
