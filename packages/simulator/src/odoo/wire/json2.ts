import type { IncomingHttpHeaders } from 'node:http'

import type { Env, User } from '../orm/env.ts'
import { isObject, type Values } from '../orm/rows.ts'
import { type Answer, htmlAnswer, httpError, jsonAnswer } from './answer.ts'
import { argumentProblem } from './bind-arguments.ts'
import { findMethod } from './call-method.ts'
import type { Executed, Execution } from './execute.ts'
import type { Keys } from './keys.ts'

/** What JSON-2 needs of the double. */
export interface Json2Deps {
  readonly database: string
  readonly keys: Keys
  /** Looks at the database as `user` does, without changing it. */
  readonly peek: <T>(user: User, look: (env: Env) => T) => T
  readonly execute: (call: Execution) => Promise<Executed>
}

/** A request as it came. */
export interface Json2Request {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** An answer, and the webhooks that are sent before it. */
export interface Json2Outcome {
  readonly answer: Answer
  readonly webhooks: Executed['webhooks']
}

const noDatabase =
  '<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n' +
  '<p>No database is selected and the requested URL was not found in the server-wide controllers.</p>\n' +
  '<p>Please verify the hostname, <a href=/web/login>login</a> and try again.</p>\n\n' +
  '<!-- Alternatively, use the X-Odoo-Database header. -->\n'

const wrongType =
  '<!doctype html>\n<html lang=en>\n<title>415 Unsupported Media Type</title>\n<h1>Unsupported Media Type</h1>\n' +
  '<p>Request inferred type is compatible with [&#39;http&#39;] but &#39;/json/2/&lt;__model__&gt;/&lt;__method__&gt;&#39; is type=&#39;json2&#39;.' +
  '<br><br>Please verify the Content-Type request header and try again.</p>\n'

/** The page for a database that is not there. */
export const databaseNotFound = (): Answer => htmlAnswer(404, noDatabase)

/** `POST /json/2/<model>/<method>`. */
export async function answerJson2(deps: Json2Deps, request: Json2Request): Promise<Json2Outcome> {
  const name = request.headers['x-odoo-database']
  if (name !== undefined && name !== deps.database) return silent(databaseNotFound())
  const type = request.headers['content-type']
  if (type !== undefined && !/^application\/json/i.test(type))
    return silent(htmlAnswer(415, wrongType))
  const call = readCall(deps, request)
  const { result, webhooks } = await deps.execute(call)
  // One dictionary where a list belongs makes a list of one.
  const isMade = call.method === 'create' && typeof result === 'number'
  return { answer: jsonAnswer(200, isMade ? [result] : (result ?? null)), webhooks }
}

const silent = (answer: Answer): Json2Outcome => ({ answer, webhooks: [] })

/** @throws {OdooError} for whatever keeps a call from being made. */
function readCall(deps: Json2Deps, request: Json2Request): Execution {
  const [, , , model, method, ...rest] = request.path.split('/')
  if (request.method !== 'POST' || !model || !method || rest.length > 0) {
    throw httpError('NotFound', 'Did you mean POST /json/2/<model>/<method>?')
  }
  const user = authenticate(deps.keys, request.headers.authorization)
  const body = parseBody(request.body)
  const found = deps.peek(user, (env) => findMethod(env, { model, method }))
  if (found.kind === 'no_model') throw httpError('NotFound', `the model '${model}' does not exist`)
  if (found.kind === 'no_method') {
    throw httpError('NotFound', `The method '${model}.${method}' does not exist`)
  }
  const { ids, context, ...args } = body
  if (found.method.isOfModel && ids !== undefined) {
    throw httpError('UnprocessableEntity', `cannot call ${model}.${method} with ids`)
  }
  const problem = argumentProblem(found.method, args)
  if (problem) throw httpError('UnprocessableEntity', problem)
  return { user, model, method, context, ids: asIdList(ids), args }
}

/** A bare number will do for a list of one. */
function asIdList(ids: unknown): readonly unknown[] {
  if (Array.isArray(ids)) return ids
  return ids === undefined || ids === null || ids === false ? [] : [ids]
}

function authenticate(keys: Keys, header = ''): User {
  const [, scheme = '', key = ''] = /^(\S+)\s+(.*)$/.exec(header) ?? []
  if (scheme.toLowerCase() !== 'bearer') {
    throw httpError(
      'Unauthorized',
      'User not authenticated, use an API Key with a Bearer Authorization header.',
    )
  }
  const user = keys.find(key.trim())
  if (!user) throw httpError('Unauthorized', 'Invalid apikey')
  return user
}

/** Whatever is not an object counts as an empty one, without a word. */
function parseBody(body: string): Values {
  if (body === '') return {}
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    const at = body.trimEnd().length
    throw httpError(
      'BadRequest',
      `could not parse the body as json: Expecting value: line 1 column ${at + 1} (char ${at})`,
    )
  }
  return isObject(value) ? value : {}
}
