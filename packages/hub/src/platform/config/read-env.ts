import { readFileSync } from 'node:fs'
import type { ConfigProblem } from './config-error.ts'
import { adminKeyEnv, type ConfigField, configFields, configPathEnv } from './fields.ts'
import { nearestName } from './nearest-name.ts'
import type { Written } from './read-config-file.ts'

/** Reads the values that the environment sets by field key. An empty variable counts as not set. */
export function readEnv(env: NodeJS.ProcessEnv): {
  readonly values: ReadonlyMap<string, Written>
  readonly problems: readonly ConfigProblem[]
} {
  const values = new Map<string, Written>()
  const problems: ConfigProblem[] = unknownVariables(env)
  for (const field of configFields) {
    const written = readVariable(field, env, problems)
    if (written) values.set(field.key, written)
  }
  return { values, problems }
}

function readVariable(
  field: ConfigField,
  env: NodeJS.ProcessEnv,
  problems: ConfigProblem[],
): Written | null {
  const name = field.env.find((candidate) => env[candidate])
  const fileName = field.envFile.find((candidate) => env[candidate])
  if (name !== undefined && fileName === `${name}_FILE`) {
    problems.push({ where: fileName, message: `${name} is set as well; set one of the two.` })
    return null
  }
  if (name !== undefined) return { value: convert(field, env[name] ?? ''), where: name }
  if (fileName === undefined) return null
  const path = env[fileName] ?? ''
  try {
    return { value: convert(field, readFileSync(path, 'utf8').trim()), where: fileName }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    problems.push({ where: fileName, message: `the file that it names cannot be read: ${reason}` })
    return null
  }
}

const booleanWords = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])

/** Makes of an environment's text what the field would be in the file; what does not fit stays text. */
function convert(field: ConfigField, text: string): unknown {
  const trimmed = text.trim()
  switch (field.type) {
    case 'integer':
      return /^-?\d+$/.test(trimmed) ? Number(trimmed) : text
    case 'boolean':
      return booleanWords.get(trimmed.toLowerCase()) ?? text
    case 'list':
      return trimmed === '' ? [] : trimmed.split(',').map((item) => item.trim())
    case 'text':
      return text
    default:
      return field.type satisfies never
  }
}

/** A misspelled variable would otherwise be a setting that silently does nothing. */
function unknownVariables(env: NodeJS.ProcessEnv): ConfigProblem[] {
  const known = [
    configPathEnv,
    adminKeyEnv,
    ...configFields.flatMap((field) => [...field.env, ...field.envFile]),
  ]
  return Object.keys(env)
    .filter((name) => name.startsWith('BACKHAUL_') && !known.includes(name))
    .toSorted()
    .map((name) => {
      const near = nearestName(name, known)
      const hint = near ? `; did you mean ${near}?` : '.'
      return { where: name, message: `there is no such setting${hint}` }
    })
}
