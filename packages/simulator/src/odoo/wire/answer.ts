import { OdooError } from '../orm/errors.ts'

/** What is sent back. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** An answer in JSON. */
export function jsonAnswer(
  status: number,
  value: unknown,
  headers: Answer['headers'] = {},
): Answer {
  const type = { 'content-type': 'application/json; charset=utf-8' }
  return { status, headers: { ...type, ...headers }, body: JSON.stringify(value) }
}

/** A page, which is what Odoo and the proxies before it answer where they do not get as far as JSON. */
export function htmlAnswer(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body }
}

/** An error as Odoo describes it, with the traceback that should never leave a server. */
export function describeError(error: OdooError): Record<string, unknown> {
  return {
    name: error.name,
    message: error.message,
    arguments: error.arguments,
    context: {},
    debug:
      'Traceback (most recent call last):\n' +
      '  File "/usr/lib/python3/dist-packages/odoo/http.py", line 2285, in _serve_db\n' +
      '    return service_model.retrying(serve_func, env=self.env)\n' +
      '  File "/usr/lib/python3/dist-packages/odoo/service/model.py", line 184, in retrying\n' +
      '    result = func()\n' +
      `${error.name}: ${error.message}\n`,
  }
}

/** Any error as one of Odoo's; what the double itself got wrong is told as Odoo tells of its own bugs. */
export function asOdooError(error: unknown): OdooError {
  if (error instanceof OdooError) return error
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return new OdooError('builtins.RuntimeError', `the Odoo double failed: ${text}`)
}

const statuses: Readonly<Record<string, number>> = {
  'odoo.exceptions.AccessError': 403,
  'odoo.exceptions.MissingError': 404,
  'odoo.exceptions.UserError': 422,
  'odoo.exceptions.ValidationError': 422,
  'odoo.exceptions.LockError': 409,
  'werkzeug.exceptions.BadRequest': 400,
  'werkzeug.exceptions.Unauthorized': 401,
  'werkzeug.exceptions.NotFound': 404,
  'werkzeug.exceptions.UnprocessableEntity': 422,
}

/** An error as JSON-2 answers it. A warning with a button is a 500 like any bug. */
export function errorAnswer(error: OdooError): Answer {
  const status = statuses[error.name] ?? 500
  const headers = status === 401 ? { 'www-authenticate': 'Bearer ' } : {}
  return jsonAnswer(status, describeError(error), headers)
}

/** An error of the HTTP layer, which has its status among its arguments. */
export function httpError(name: string, message: string): OdooError {
  const full = `werkzeug.exceptions.${name}`
  return new OdooError(full, message, [message, statuses[full]])
}
