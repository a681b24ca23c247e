import { nearestName } from '../../platform/config/nearest-name.ts'
import type { Compiler } from './compiler.ts'
import { type Contract, contractOf, fieldsOf, refusalOf } from './contract.ts'
import type { ObjectField, Spot } from './mapping-document.ts'

/** Kinds of contract that a value of a type of the expression language can be for. */
const kindsOfType: Readonly<Record<string, readonly Contract['kind'][]>> = {
  // A number can stand for a text, since ids are often written so.
  int: ['number', 'text'],
  uint: ['number', 'text'],
  double: ['number', 'text'],
  bool: ['boolean'],
  string: ['text', 'number', 'boolean'],
  list: ['list'],
  map: ['object'],
}

const kindNames: Readonly<Record<Contract['kind'], string>> = {
  object: 'a group of fields',
  list: 'a list',
  text: 'a text',
  number: 'a number',
  boolean: 'true or false',
  other: 'something else',
}

export function checkConstant(
  compiler: Compiler,
  spot: Spot,
  { value, contract }: { readonly value: unknown; readonly contract: Contract | null },
): void {
  const refusal = contract && refusalOf(contract, value)
  if (!refusal) return
  const where = refusal.path === '' ? '' : `${refusal.path}: `
  compiler.problem(spot, `the contract does not take this constant: ${where}${refusal.message}`)
}

export function checkExpression(
  compiler: Compiler,
  spot: Spot,
  { type, contract }: { readonly type: string; readonly contract: Contract | null },
): void {
  const [name = ''] = type.split('<')
  const kinds = Object.hasOwn(kindsOfType, name) ? kindsOfType[name] : undefined
  if (!contract || contract.kind === 'other' || !kinds || kinds.includes(contract.kind)) return
  compiler.problem(
    spot,
    `the contract wants ${kindNames[contract.kind]} here, and this is a ${name}`,
  )
}

/** Checks that a list or an object is written where the contract wants one. */
export function checkShape(
  compiler: Compiler,
  spot: Spot,
  { shape, contract }: { readonly shape: 'list' | 'object'; readonly contract: Contract | null },
): boolean {
  if (!contract || contract.kind === 'other' || contract.kind === shape) return true
  compiler.problem(
    spot,
    `the contract wants ${kindNames[contract.kind]} here, and not ${kindNames[shape]}`,
  )
  return false
}

/** Names fields that the contract does not know, and those that it needs and nothing sets. */
export function checkObject(
  compiler: Compiler,
  field: ObjectField,
  contract: Contract | null,
): void {
  if (!contract || !checkShape(compiler, field, { shape: 'object', contract })) return
  const shape = fieldsOf(contract)
  if (!shape) return
  const names = Object.keys(shape)
  for (const { name, field: inner } of field.fields) {
    if (Object.hasOwn(shape, name)) continue
    const near = nearestName(name, names)
    const spot = inner.kind === 'expression' ? inner.expression : inner
    const hint = near === null ? `known are ${names.join(', ')}` : `did you mean ${near}?`
    compiler.problem(spot, `the contract has no field ${name}; ${hint}`)
  }
  const set = new Set(field.fields.map(({ name }) => name))
  const missing = names.filter((name) => {
    const schema = shape[name]
    return schema && !set.has(name) && contractOf(schema).isRequired
  })
  if (missing.length > 0) {
    compiler.problem(field, `the contract needs ${missing.join(', ')} here, and nothing sets it`)
  }
}
