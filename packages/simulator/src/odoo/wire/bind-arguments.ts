import type { Method, ModelDefinition } from '../orm/model.ts'
import type { Values } from '../orm/rows.ts'

const nameOf = (param: string): string => param.replace('?', '')

/** What is wrong with the arguments of a call, in Python's words, or null. */
export function argumentProblem(method: Method, args: Values): string | null {
  const missing = method.params.find((param) => !param.endsWith('?') && !(param in args))
  if (missing) return `missing a required argument: '${missing}'`
  if (method.takesAnything) return null
  const known = method.params.map(nameOf)
  const strange = Object.keys(args).find((name) => !known.includes(name))
  return strange === undefined ? null : `got an unexpected keyword argument '${strange}'`
}

/** Positional arguments by name; what is too many is told as Python does. */
export function namePositional(
  { model, name, method }: { model: ModelDefinition; name: string; method: Method },
  positional: readonly unknown[],
): { args: Values } | { problem: string } {
  const names = method.params.map(nameOf)
  if (positional.length > names.length) {
    const takes = names.length + 1
    return {
      problem: `${model.name}.${name}() takes ${takes} positional arguments but ${positional.length + 1} were given`,
    }
  }
  return { args: Object.fromEntries(positional.map((value, at) => [names[at], value])) }
}
