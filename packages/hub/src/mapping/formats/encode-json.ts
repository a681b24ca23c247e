import { isList, isObject, type Plain } from './plain-data.ts'

/** The same text for the same value, in whatever order its keys were put. */
export function encodeJson(value: Plain): string {
  return JSON.stringify(sorted(value))
}

function sorted(value: Plain): Plain {
  if (isList(value)) return value.map(sorted)
  if (!isObject(value)) return value
  const names = Object.keys(value).toSorted()
  return Object.fromEntries(names.map((name) => [name, sorted(value[name] ?? null)]))
}
