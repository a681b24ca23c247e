import type { z } from 'zod'

/**
 * What a canonical contract says of one value, as far as it can be told without the value: read out of the
 * zod schemas of the sdk, so that there is one place where a contract stands.
 */
export interface Contract {
  readonly kind: 'object' | 'list' | 'text' | 'number' | 'boolean' | 'other'
  /** Has to be there: neither optional nor with a default. */
  readonly isRequired: boolean
  /** Whether a text without a character is taken. */
  readonly takesEmpty: boolean
  readonly schema: z.ZodType
}

/** What a schema wraps another one in, and what each kind of schema is made of. */
interface Definition {
  readonly type: string
  readonly innerType?: z.ZodType
  readonly in?: z.ZodType
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly element?: z.ZodType
}

const wrappers: ReadonlySet<string> = new Set(['optional', 'default', 'nullable', 'prefault'])
const kinds: Readonly<Record<string, Contract['kind']>> = {
  object: 'object',
  array: 'list',
  string: 'text',
  enum: 'text',
  number: 'number',
  int: 'number',
  boolean: 'boolean',
}

const known = new WeakMap<z.ZodType, Contract>()

export function contractOf(schema: z.ZodType): Contract {
  const before = known.get(schema)
  if (before) return before
  const { type } = definitionOf(unwrap(schema))
  const contract: Contract = {
    kind: Object.hasOwn(kinds, type) ? (kinds[type] ?? 'other') : 'other',
    isRequired: !schema.safeParse(undefined).success,
    takesEmpty: schema.safeParse('').success,
    schema,
  }
  known.set(schema, contract)
  return contract
}

/** The fields of an object's contract; null for anything else. */
export function fieldsOf({ schema }: Contract): Readonly<Record<string, z.ZodType>> | null {
  return definitionOf(unwrap(schema)).shape ?? null
}

/** The contract of what is in a list; null for anything else. */
export function itemOf({ schema }: Contract): Contract | null {
  const { element } = definitionOf(unwrap(schema))
  return element ? contractOf(element) : null
}

/** Why a contract does not take a value: the path in it, and a sentence; null where it does. */
export function refusalOf(
  { schema }: Contract,
  value: unknown,
): { readonly path: string; readonly message: string } | null {
  const parsed = schema.safeParse(value)
  if (parsed.success) return null
  const [issue] = parsed.error.issues
  return { path: issue?.path.join('.') ?? '', message: issue?.message ?? 'it does not fit' }
}

function unwrap(schema: z.ZodType): z.ZodType {
  const { type, innerType } = definitionOf(schema)
  return innerType && wrappers.has(type) ? unwrap(innerType) : schema
}

function definitionOf(schema: z.ZodType): Definition {
  const definition: Definition = schema.def
  return definition
}
