import { relative, resolve } from 'node:path'
import { ConfigError, type ConfigProblem } from './config-error.ts'
import { type ConfigField, configFields, configPathEnv } from './fields.ts'
import { readConfigFile } from './read-config-file.ts'
import { readEnv } from './read-env.ts'
import { configSchema, type HubConfig } from './schema.ts'

const defaultFile = 'backhaul.yaml'

export type LoadedConfig = {
  /** Frozen at every level. */
  readonly config: HubConfig
  /** The value of each field in force, secrets included, and where it was set, by field key. */
  readonly settings: ReadonlyMap<string, Setting>
  /** The file that was read, absolute, or null where there was none. */
  readonly file: string | null
}

type Setting = {
  readonly value: unknown
  /** `default`, `backhaul.yaml:3:9` or an environment variable's name. */
  readonly source: string
}

/**
 * Reads the configuration: defaults, then the file, then the environment.
 *
 * The file is the one at `configPath`, or that BACKHAUL_CONFIG names, or `backhaul.yaml` in `cwd`,
 * which need not exist.
 *
 * @throws {ConfigError} with everything that is wrong: values out of range, unknown fields and
 *   variables, and limits that contradict each other.
 */
export function loadConfig({
  configPath,
  env = process.env,
  cwd = process.cwd(),
}: {
  readonly configPath?: string | undefined
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
} = {}): LoadedConfig {
  const named = configPath ?? (env[configPathEnv] || undefined)
  const path = resolve(cwd, named ?? defaultFile)
  const shownAs = shorten(path, cwd)
  const file = readConfigFile(path, { shownAs, isRequired: named !== undefined })
  const environment = readEnv(env)
  const written = new Map([...(file?.values ?? []), ...environment.values])

  const problems = [...(file?.problems ?? []), ...environment.problems]
  const settings = new Map<string, Setting>()
  for (const field of configFields) {
    const { value, where } = written.get(field.key) ?? { value: undefined, where: 'default' }
    const checked = field.schema.safeParse(value)
    if (checked.success) settings.set(field.key, { value: checked.data, source: where })
    else problems.push({ where, message: wrongValue(field, value) })
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return { ...assemble(settings, cwd), file: file ? path : null }
}

function assemble(settings: Map<string, Setting>, cwd: string): Omit<LoadedConfig, 'file'> {
  const parsed = configSchema.parse(nest(settings))
  const config = { ...parsed, dataDir: resolve(cwd, parsed.dataDir) }
  const contradictions = checkTogether(config, settings)
  if (contradictions.length > 0) throw new ConfigError(contradictions)
  const source = settings.get('dataDir')?.source ?? 'default'
  settings.set('dataDir', { value: config.dataDir, source })
  deepFreeze(config)
  return { config, settings }
}

function shorten(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short.startsWith('..') ? path : short
}

function wrongValue(field: ConfigField, value: unknown): string {
  if (!field.notes.isSecret) {
    return `${field.key} is ${JSON.stringify(value)}, but must be ${field.expected}.`
  }
  return `${field.key} must be ${field.expected}; the value given is a secret and not shown.`
}

/** Every group with nothing set in it, as the schema takes it: each value is its default. */
export function nothingSet(): Record<string, unknown> {
  return nest(new Map())
}

/** `database.poolSize` of a flat table goes to `poolSize` in the group `database`. */
function nest(settings: ReadonlyMap<string, Setting>): Record<string, unknown> {
  const root: Record<string, unknown> = {}
  const groups = new Map([['', root]])
  for (const { key, path } of configFields) {
    const group = groupAt(groups, path.slice(0, -1))
    group[path.at(-1) ?? ''] = settings.get(key)?.value
  }
  return root
}

function groupAt(
  groups: Map<string, Record<string, unknown>>,
  path: readonly string[],
): Record<string, unknown> {
  const key = path.join('.')
  const known = groups.get(key)
  if (known) return known
  const group: Record<string, unknown> = {}
  groups.set(key, group)
  groupAt(groups, path.slice(0, -1))[path.at(-1) ?? ''] = group
  return group
}

function checkTogether(
  { delivery }: HubConfig,
  settings: ReadonlyMap<string, Setting>,
): ConfigProblem[] {
  if (delivery.leaseSeconds * 1000 > delivery.requestTimeoutMs) return []
  const sources = ['delivery.requestTimeoutMs', 'delivery.leaseSeconds'].map(
    (key) => settings.get(key)?.source ?? 'default',
  )
  return [
    {
      where: sources.find((source) => source !== 'default') ?? 'default',
      message:
        `delivery.requestTimeoutMs is ${delivery.requestTimeoutMs}, but must be less than ` +
        `delivery.leaseSeconds (${delivery.leaseSeconds} s): another process would send what ` +
        'this one is still sending.',
    },
  ]
}

function deepFreeze(value: object): void {
  for (const child of Object.values<unknown>({ ...value })) {
    if (typeof child === 'object' && child !== null) deepFreeze(child)
  }
  Object.freeze(value)
}
