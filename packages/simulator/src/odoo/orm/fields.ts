import type { Env } from './env.ts'
import type { Row } from './rows.ts'

/** The kinds of fields that Odoo has, by the names that `fields_get` gives them. */
export type FieldType =
  | 'binary'
  | 'boolean'
  | 'char'
  | 'date'
  | 'datetime'
  | 'float'
  | 'html'
  | 'integer'
  | 'json'
  | 'many2many'
  | 'many2one'
  | 'monetary'
  | 'one2many'
  | 'properties'
  | 'properties_definition'
  | 'selection'
  | 'text'

/** One field of a model. */
export interface Field {
  readonly type: FieldType
  readonly label: string
  /** The model that a link leads to. */
  readonly relation?: string
  /** The field of the other model by which a one2many finds its records. */
  readonly inverse?: string
  /** Which of the records that lead here a one2many has. */
  readonly shows?: (line: Row) => boolean
  readonly selection?: readonly string[]
  readonly isRequired?: boolean
  /** The name under which it is kept, where that is another one. */
  readonly storedAs?: string
  /** Odoo has it and the double does nothing with it: it keeps what it is given. */
  readonly isInert?: boolean
  /** Decimals that a number is rounded to when it is written. */
  readonly decimals?: number
  /** Works the value out on every read, in place of a stored one. */
  readonly compute?: (env: Env, row: Row) => unknown
  /** What is kept in its row of a value that is given for a computed field. */
  readonly keep?: (value: unknown) => Readonly<Record<string, unknown>>
  /** A dotted path that this field is the end of, for reading and for searching. */
  readonly related?: string
  /** The dotted path by which a computed link is searched. */
  readonly searchAs?: string
  /** A computed field that no domain may name. */
  readonly isUnsearchable?: boolean
  /** A stored field whose value Odoo works out: a webhook that watches it fires once more on creation. */
  readonly isComputedAndStored?: boolean
}

/** What is said of a field beside its type and its label. */
export type FieldExtras = Omit<Partial<Field>, 'type' | 'label'>

/** A field that holds a value. */
export function field(type: FieldType, label: string, extras: FieldExtras = {}): Field {
  return { type, label, ...extras }
}

export const char = (label: string, extras?: FieldExtras): Field => field('char', label, extras)

export const float = (label: string, extras?: FieldExtras): Field => field('float', label, extras)

export const money = (label: string, extras?: FieldExtras): Field =>
  field('monetary', label, extras)

export const boolean = (label: string, extras?: FieldExtras): Field =>
  field('boolean', label, extras)

/** A choice of one of `values`. */
export const choice = (label: string, values: string, extras?: FieldExtras): Field =>
  field('selection', label, { selection: values.split(' '), ...extras })

/** A link to one record. */
export const many2one = (relation: string, label: string, extras?: FieldExtras): Field =>
  field('many2one', label, { relation, ...extras })

/** The records whose field `inverse` leads here: `one2many('stock.move.picking_id', …)`. */
export function one2many(target: string, label: string, extras?: FieldExtras): Field {
  const at = target.lastIndexOf('.')
  const relation = target.slice(0, at)
  return field('one2many', label, { relation, inverse: target.slice(at + 1), ...extras })
}

/** Links to any number of records, kept as a list of ids. */
export const many2many = (relation: string, label: string, extras?: FieldExtras): Field =>
  field('many2many', label, { relation, ...extras })

/** The last field of a dotted path. */
export function related(type: FieldType, path: string, extras: FieldExtras = {}): Field {
  return field(type, labelOf(path.slice(path.lastIndexOf('.') + 1)), { related: path, ...extras })
}

/** A label as Odoo makes one of a field's name. */
export function labelOf(name: string): string {
  return name
    .replace(/_ids?$/, '')
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
}

/** The name under which a field's value is kept. */
export const columnOf = (name: string, { storedAs }: Field): string => storedAs ?? name

/** What a field holds where nothing was given. */
export function emptyValue({ type }: Field): unknown {
  if (type === 'float' || type === 'integer' || type === 'monetary') return 0
  return type === 'many2many' || type === 'one2many' ? [] : false
}
