import { configFields } from './fields.ts'
import type { LoadedConfig } from './load-config.ts'

export type DescribedValue = {
  readonly key: string
  /** What is in force; null where nothing is set. A secret is replaced, of a URL its password. */
  readonly value: unknown
  /** `default`, `backhaul.yaml:3:9` or an environment variable's name. */
  readonly source: string
  readonly isSecret: boolean
}

export type DescribedField = {
  readonly key: string
  readonly env: readonly string[]
  /** Variables that name a file which holds the value. */
  readonly envFile: readonly string[]
  readonly type: 'integer' | 'boolean' | 'text' | 'list'
  readonly expected: string
  /** As text; of a default that is found out at start, how. */
  readonly default: string
  readonly unit: string | null
  readonly description: string
  readonly isSecret: boolean
}

/** The values in force and where each was set, safe to print. */
export function describeConfig({ settings }: LoadedConfig): DescribedValue[] {
  return configFields.map(({ key, notes }) => {
    const { value, source } = settings.get(key) ?? { value: null, source: 'default' }
    const isSecret = notes.isSecret ?? false
    return { key, value: isSecret ? redactSecret(value) : (value ?? null), source, isSecret }
  })
}

/** Every field there is, for the reference page. */
export function describeConfigFields(): DescribedField[] {
  return configFields.map(({ key, env, envFile, type, expected, defaultValue, notes }) => ({
    key,
    env,
    envFile,
    type,
    expected,
    default: notes.defaultNote ?? formatDefault(defaultValue),
    unit: notes.unit ?? null,
    description: notes.description,
    isSecret: notes.isSecret ?? false,
  }))
}

function formatDefault(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value ?? 'none')
}

/** Of a URL all but the password and the options is worth seeing; of any other secret nothing is. */
function redactSecret(value: unknown): string | null {
  if (typeof value !== 'string') return null
  if (!URL.canParse(value)) return '[redacted]'
  const { protocol, username, password, host, pathname, search } = new URL(value)
  const user = username === '' ? '' : `${username}${password === '' ? '' : ':***'}@`
  return `${protocol}//${user}${host}${pathname}${search === '' ? '' : '?***'}`
}
