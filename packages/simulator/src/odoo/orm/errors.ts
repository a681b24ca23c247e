/**
 * An exception as Odoo raises it. `name` is the name of its Python class, by which clients tell
 * errors apart; `arguments` is sent beside the message.
 */
export class OdooError extends Error {
  override readonly name: string
  readonly arguments: readonly unknown[]

  constructor(name: string, message: string, args: readonly unknown[] = [message]) {
    super(message)
    this.name = name
    this.arguments = args
  }
}

/** Refused by a business rule. */
export const userError = (message: string): OdooError =>
  new OdooError('odoo.exceptions.UserError', message)

/** A constraint that the values break. */
export const validationError = (message: string): OdooError =>
  new OdooError('odoo.exceptions.ValidationError', message)

/** No right on a model or a record. */
export const accessError = (message: string): OdooError =>
  new OdooError('odoo.exceptions.AccessError', message)

/** A bug in the caller's arguments, as Python reports it. */
export const valueError = (message: string): OdooError =>
  new OdooError('builtins.ValueError', message)

/** A bug in the caller's arguments, as Python reports it. */
export const typeError = (message: string): OdooError =>
  new OdooError('builtins.TypeError', message)

/** A record that is not there any more, or never was. */
export function missingError(model: string, id: unknown, uid: number): OdooError {
  const record = `${model}(${typeof id === 'string' ? `'${id}'` : String(id)},)`
  return new OdooError(
    'odoo.exceptions.MissingError',
    `Record does not exist or has been deleted.\n(Record: ${record}, User: ${uid})`,
  )
}

/** A required value that the database misses. `load()` tells it without Odoo's first sentence. */
export class MissingValueError extends OdooError {
  readonly field: string
  readonly detail: string

  constructor(field: { readonly name: string; readonly label: string }, model: ModelLabel) {
    const detail =
      `Missing required value for the field '${field.label}' (${field.name}).\n` +
      `Model: '${model.label}' (${model.name})\n` +
      '- create/update: a mandatory field is not set\n' +
      '- delete: another model requires the record being deleted, you can archive it instead\n'
    super('odoo.exceptions.ValidationError', `The operation cannot be completed: ${detail}`)
    this.field = field.name
    this.detail = detail
  }
}

interface ModelLabel {
  readonly name: string
  readonly label: string
}
