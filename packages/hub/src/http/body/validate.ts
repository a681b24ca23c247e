import type { FastifySchemaCompiler } from 'fastify'
import type { z } from 'zod'
import { type FieldProblem, HubError } from '../../platform/errors.ts'

const maxProblems = 50

/**
 * Checks a request by its zod schemas: a body that does not fit is VALIDATION_FAILED with a pointer for
 * each field, a path or query that does not is MALFORMED_REQUEST.
 */
export const validateByZod: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  // Headers are read where they are needed; their schemas are there for the document.
  if (httpPart === 'headers') return (value: unknown) => ({ value })
  const isBody = httpPart === 'body'
  return (data: unknown) => {
    // The framework says null where there is no body.
    const parsed = schema.safeParse(isBody && data === null ? undefined : data)
    if (parsed.success) return { value: parsed.data }
    const code = isBody ? 'VALIDATION_FAILED' : 'MALFORMED_REQUEST'
    const problems = problemsOf(parsed.error)
    return { error: new HubError(code, sentence(isBody, problems), { problems }) }
  }
}

function sentence(isBody: boolean, problems: readonly FieldProblem[]): string {
  const fields = problems.slice(0, 5).map(({ pointer }) => pointer || 'the whole')
  return `${isBody ? 'Not acceptable' : 'Not well formed'}: ${[...new Set(fields)].join(', ')}.`
}

function problemsOf(error: z.ZodError): FieldProblem[] {
  return error.issues.slice(0, maxProblems).flatMap((issue): FieldProblem[] => {
    const pointer = toPointer(issue.path)
    if (issue.code !== 'unrecognized_keys')
      return [{ pointer, code: issue.code, message: issue.message }]
    return issue.keys.slice(0, maxProblems).map((key) => ({
      pointer: `${pointer}${toPointer([key])}`,
      code: issue.code,
      message: 'there is no such field',
    }))
  })
}

function toPointer(path: readonly PropertyKey[]): string {
  const parts = path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
  return parts.join('').slice(0, 300)
}
