import * as z from 'zod'
import { configSchema, type FieldNotes, fieldNotes } from './schema.ts'

/** One value that can be configured: a leaf of the schema. */
export type ConfigField = {
  /** Dotted, as in messages: `database.poolSize`. */
  readonly key: string
  readonly path: readonly string[]
  readonly schema: z.ZodType
  readonly notes: FieldNotes
  /** Environment variables that hold the value, the first found wins. */
  readonly env: readonly string[]
  /** Environment variables that name a file which holds the value. */
  readonly envFile: readonly string[]
  readonly type: 'integer' | 'boolean' | 'text' | 'list'
  readonly defaultValue: unknown
  /** What a valid value is, in words that follow "must be". */
  readonly expected: string
}

/** What JSON Schema tells about a leaf: the way to look into a zod schema that is documented. */
const leafJsonSchema = z.object({
  type: z.string(),
  enum: z.array(z.string()).optional(),
  items: z.object({ enum: z.array(z.string()).optional() }).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  default: z.unknown().optional(),
})

type LeafJsonSchema = z.output<typeof leafJsonSchema>

/** The variable that names the configuration file itself. */
export const configPathEnv = 'BACKHAUL_CONFIG'

/** The variable by which an administrator of another system lends a command their key: no setting. */
export const adminKeyEnv = 'BACKHAUL_ADMIN_KEY'

/** Every field, in the order of the schema. */
export const configFields: readonly ConfigField[] = leaves(configSchema, [])

function leaves(schema: z.ZodObject, above: readonly string[]): ConfigField[] {
  const children: Record<string, z.ZodType> = schema.shape
  return Object.entries(children).flatMap(([name, child]) => {
    const path = [...above, name]
    return child instanceof z.ZodObject ? leaves(child, path) : [field(child, path)]
  })
}

function field(schema: z.ZodType, path: readonly string[]): ConfigField {
  const key = path.join('.')
  const notes = fieldNotes.get(schema)
  if (!notes) throw new TypeError(`the configuration field ${key} is not documented`)
  const json: LeafJsonSchema = leafJsonSchema.parse(z.toJSONSchema(schema, { io: 'input' }))
  const env = [envName(path), ...(notes.alsoEnv ?? [])]
  return {
    key,
    path,
    schema,
    notes,
    env,
    envFile: notes.isSecret ? env.map((name) => `${name}_FILE`) : [],
    type: fieldType(json),
    defaultValue: json.default,
    expected: notes.expected ?? describeType(json),
  }
}

/** `database.poolSize` is BACKHAUL_DATABASE_POOL_SIZE. */
function envName(path: readonly string[]): string {
  const words = path.map((name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`))
  return `BACKHAUL_${words.join('_').toUpperCase()}`
}

function fieldType({ type }: LeafJsonSchema): ConfigField['type'] {
  if (type === 'integer' || type === 'boolean') return type
  return type === 'array' ? 'list' : 'text'
}

function describeType(json: LeafJsonSchema): string {
  if (json.enum) return `one of ${json.enum.join(', ')}`
  if (json.items?.enum) return `a list of one or more of ${json.items.enum.join(', ')}`
  if (json.type === 'integer') return `a whole number from ${json.minimum} to ${json.maximum}`
  if (json.type === 'boolean') return 'true or false'
  return 'text that is not empty'
}
