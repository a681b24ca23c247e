import { GraphQLError } from 'graphql'

/** What a mutation says no with, inside a 200. */
export class Refusal extends Error {
  readonly code: string | undefined
  readonly field: readonly string[] | null

  constructor(message: string, { code, field }: { code?: string; field?: readonly string[] } = {}) {
    super(message)
    this.code = code
    this.field = field ?? null
  }
}

/** Runs a mutation; what it refuses goes where the schema has it. */
export function mutate(act: () => Readonly<Record<string, unknown>>): object {
  try {
    return { ...act(), userErrors: [] }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { code, field, message } = error
    return { userErrors: [{ code: code ?? null, field, message }] }
  }
}

export function invalidState(message: string): Refusal {
  return new Refusal(message, { code: 'INVALID_STATE' })
}

export function notFound(what: string): Refusal {
  return new Refusal(`${what} does not exist.`, { code: 'NOT_FOUND', field: ['id'] })
}

/** Turns away what the app was not granted, beside the data. */
export function denied(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'ACCESS_DENIED' } })
}
