import { compileCondition, type Scope } from './condition.ts'
import { valueError } from './errors.ts'
import type { ModelDefinition } from './model.ts'
import { repr } from './python.ts'
import type { Row } from './rows.ts'

/** A domain made ready: which rows it takes, and the ids to look at where an index narrows them. */
export interface Search {
  readonly test: (row: Row) => boolean
  /** The ids among which all that match are, or null for every row. */
  readonly among: () => readonly number[] | null
  /** The fields that its conditions name first. */
  readonly names: ReadonlySet<string>
}

const everything: Search = { test: () => true, among: () => null, names: new Set() }

/**
 * Makes a domain in Odoo's prefix notation ready; conditions in a row are joined by "and".
 *
 * @throws {OdooError} ValueError for what is no domain.
 */
export function compileDomain(scope: Scope, model: ModelDefinition, domain: unknown): Search {
  if (!Array.isArray(domain)) {
    if (domain === false || domain === null || domain === undefined) return everything
    throw valueError(`Domain() invalid item in domain: ${repr(domain)}`)
  }
  const items: readonly unknown[] = domain
  let at = 0
  const next = (): Search => {
    const item = items[at]
    at += 1
    if (at > items.length) throw valueError('Domain() malformed domain')
    if (item === '&') return both(next(), next())
    if (item === '|') return either(next(), next())
    if (item === '!') return not(next())
    if (!Array.isArray(item) || item.length !== 3) {
      if (item === true) return everything
      throw valueError(`Domain() invalid item in domain: ${repr(item)}`)
    }
    return leaf(scope, model, item)
  }
  let search = at < items.length ? next() : everything
  while (at < items.length) search = both(search, next())
  return search
}

function leaf(scope: Scope, model: ModelDefinition, item: readonly unknown[]): Search {
  const [left, operator, value] = item
  // [1, '=', 1] and [0, '=', 1] are Odoo's true and false.
  if (typeof left === 'number' && operator === '=') {
    return left === value ? everything : { ...everything, test: () => false, among: () => [] }
  }
  const condition = { path: String(left), operator: String(operator), value }
  const { test, among } = compileCondition(scope, model, condition)
  return { test, among, names: new Set([condition.path.split('.')[0] as string]) }
}

function both(a: Search, b: Search): Search {
  return {
    test: (row) => a.test(row) && b.test(row),
    among: () => smaller(a.among(), b.among()),
    names: new Set([...a.names, ...b.names]),
  }
}

function either(a: Search, b: Search): Search {
  return {
    test: (row) => a.test(row) || b.test(row),
    among: () => {
      const left = a.among()
      const right = left && b.among()
      return left && right ? [...new Set([...left, ...right])] : null
    },
    names: new Set([...a.names, ...b.names]),
  }
}

function not(a: Search): Search {
  return { test: (row) => !a.test(row), among: () => null, names: a.names }
}

function smaller(a: readonly number[] | null, b: readonly number[] | null) {
  if (!a || !b) return a ?? b
  return a.length <= b.length ? a : b
}
