import type { Env, User } from '../orm/env.ts'
import { OdooError, typeError, userError } from '../orm/errors.ts'
import { isObject, type Values } from '../orm/rows.ts'
import { type Answer, asOdooError, describeError, jsonAnswer } from './answer.ts'
import { argumentProblem, namePositional } from './bind-arguments.ts'
import { findMethod } from './call-method.ts'
import type { Executed, Execution } from './execute.ts'
import type { Keys } from './keys.ts'

/** What /jsonrpc needs of the double. */
export interface JsonRpcDeps {
  readonly database: string
  readonly version: number
  readonly keys: Keys
  readonly peek: <T>(user: User, look: (env: Env) => T) => T
  readonly execute: (call: Execution) => Promise<Executed>
  readonly findLogin: (login: string) => number | undefined
}

/** One call as /jsonrpc wraps it. */
export interface Envelope {
  readonly id: unknown
  readonly service: string
  readonly method: string
  readonly args: readonly unknown[]
}

/** What is in an envelope, of whatever was sent. */
export function readEnvelope(body: string): Envelope {
  let sent: unknown
  try {
    sent = JSON.parse(body)
  } catch {
    sent = null
  }
  const { id = null, params } = isObject(sent) ? sent : {}
  const { service = '', method = '', args = [] } = isObject(params) ? params : {}
  return {
    id,
    service: String(service),
    method: String(method),
    args: Array.isArray(args) ? args : [],
  }
}

/** The name of the call in an envelope: `common.version`, `stock.picking.load`. */
export function envelopeName({ service, method, args }: Envelope): string {
  return service === 'object' ? `${String(args[3])}.${String(args[4])}` : `${service}.${method}`
}

/** Answers an envelope, always with 200. What gives nothing has neither result nor error. */
export async function answerJsonRpc(
  deps: JsonRpcDeps,
  envelope: Envelope,
): Promise<{ answer: Answer; webhooks: Executed['webhooks'] }> {
  const head = { jsonrpc: '2.0', id: envelope.id }
  try {
    const { result, webhooks } = await call(deps, envelope)
    const isNothing = result === null || result === undefined
    return { answer: jsonAnswer(200, isNothing ? head : { ...head, result }), webhooks }
  } catch (error) {
    const code = deps.version >= 19 ? 0 : 200
    const data = describeError(asOdooError(error))
    const failure = { code, message: 'Odoo Server Error', data }
    return { answer: jsonAnswer(200, { ...head, error: failure }), webhooks: [] }
  }
}

async function call(deps: JsonRpcDeps, envelope: Envelope): Promise<Executed> {
  const { service, method, args } = envelope
  if (service === 'common') return { result: common(deps, method, args), webhooks: [] }
  if (service === 'object' && (method === 'execute_kw' || method === 'execute')) {
    return deps.execute(readExecution(deps, method, args))
  }
  throw new OdooError('builtins.NameError', `Unknown service or method ${service}.${method}`)
}

function common(deps: JsonRpcDeps, method: string, args: readonly unknown[]): unknown {
  if (method === 'version') {
    const { version } = deps
    return {
      server_version: `${version}.0`,
      server_version_info: [version, 0, 0, 'final', 0, ''],
      server_serie: `${version}.0`,
      protocol_version: 1,
    }
  }
  if (method !== 'authenticate' && method !== 'login') {
    throw new OdooError(
      'builtins.AttributeError',
      `module 'odoo.service.common' has no attribute 'exp_${method}'`,
    )
  }
  const [database, login, key] = args
  requireDatabase(deps, database)
  const user = deps.keys.find(String(key))
  return user && deps.findLogin(String(login)) === user.id ? user.id : false
}

/** The database server's own words, with its host and port. */
function requireDatabase({ database }: JsonRpcDeps, name: unknown): void {
  if (name === database) return
  throw new OdooError(
    'psycopg2.OperationalError',
    `connection to server at "db.example", port 5432 failed: FATAL:  database "${String(name)}" does not exist\n`,
  )
}

function readExecution(deps: JsonRpcDeps, kind: string, sent: readonly unknown[]): Execution {
  const [database, uid, key, modelName, methodName, ...rest] = sent
  requireDatabase(deps, database)
  const user = deps.keys.find(String(key))
  if (!user || user.id !== uid) throw new OdooError('odoo.exceptions.AccessDenied', 'Access Denied')
  const [model, method] = [String(modelName), String(methodName)]
  const positional = kind === 'execute' ? rest : asList(rest[0])
  const keywords = kind === 'execute' ? {} : isObject(rest[1]) ? rest[1] : {}
  const found = deps.peek(user, (env) => findMethod(env, { model, method }))
  if (found.kind === 'no_model') throw userError(`Object ${model} doesn't exist`)
  if (found.kind === 'no_method') {
    throw new OdooError('builtins.AttributeError', `The method '${model}.${method}' does not exist`)
  }
  const { context, ...named } = keywords
  const [ids, own] = found.method.isOfModel
    ? [[], positional]
    : [asList(positional[0]), positional.slice(1)]
  const bound = namePositional({ model: found.model, name: method, method: found.method }, own)
  if ('problem' in bound) throw typeError(bound.problem)
  const args: Values = { ...bound.args, ...named }
  const problem = argumentProblem(found.method, args)
  if (problem) throw typeError(problem)
  return { user, model, method, context, ids, args }
}

function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return value === undefined || value === null ? [] : [value]
}
