import { type EventType, eventData, eventTypes, internalEventTypes } from '@backhaul/sdk/canonical'
import { nearestName } from '../../platform/config/nearest-name.ts'
import type { MappingRun } from '../run.ts'
import {
  type CompiledField,
  compileCondition,
  compileField,
  compileObject,
  type Make,
} from './compile-field.ts'
import type { CompiledExpression, Compiler } from './compiler.ts'
import { contractOf } from './contract.ts'
import type { EventRule } from './mapping-document.ts'
import type { Scope } from './path.ts'

/** A rule that makes events. */
export interface CompiledEvent {
  readonly type: EventType
  readonly index: number
  readonly when: ((scope: Scope, run: MappingRun) => boolean) | null
  readonly id: CompiledExpression | null
  readonly idText: string
  readonly time: Make | null
  readonly each: CompiledExpression | null
  readonly as: string
  /** Said first: what words mean can depend on it. */
  readonly company: Make | null
  readonly data: Make
}

/** Stands in for a type that does not exist; a document with it has problems, and is never run. */
const noType: EventType = 'case.noted'

export function compileEvent(
  compiler: Compiler,
  rule: EventRule,
  { index, names }: { readonly index: number; readonly names: readonly string[] },
): CompiledEvent {
  const type = checkType(compiler, rule)
  const contract = type && contractOf(eventData[type])
  const each = rule.each && compiler.expression(rule.each, names)
  const inner = rule.each && !names.includes(rule.as) ? [...names, rule.as] : names
  // Where an event is made for each item, the item's position stands behind the event's.
  const base = ['events', String(index), ...(rule.each ? [null] : [])]
  const settingOf = (name: string) => ({ names: inner, pointer: [...base, name], contract: null })
  const data = compileData(compiler, rule, {
    names: inner,
    pointer: [...base, 'data'],
    contract,
    isWhole: true,
  })
  return {
    type: type ?? noType,
    index,
    when: rule.when && compileCondition(compiler, rule.when, settingOf('when')),
    id: rule.id && compiler.expression(rule.id, inner),
    idText: rule.id?.text ?? '',
    time: rule.time && compileField(compiler, rule.time, settingOf('time')).make,
    each,
    as: rule.as,
    company: companyOf(compiler, rule, settingOf('company')),
    data,
  }
}

function compileData(
  compiler: Compiler,
  rule: EventRule,
  setting: Parameters<typeof compileObject>[2],
): Make {
  const compiled: CompiledField = compileObject(compiler, rule.data, setting)
  // An event of which nothing is known but its type is one as well.
  return (scope, run) => compiled.make(scope, run) ?? {}
}

/** The company is compiled twice; its problems are told by the first. */
function companyOf(
  compiler: Compiler,
  { data }: EventRule,
  setting: Parameters<typeof compileField>[2],
): Make | null {
  const company = data.fields.find(({ name }) => name === 'company')
  if (!company || compiler.problems.length > 0) return null
  return compileField(compiler, company.field, setting).make
}

function checkType(compiler: Compiler, rule: EventRule): EventType | null {
  const spot = { path: `${rule.path}.type`, place: rule.typePlace }
  const type = eventTypes.find((one) => one === rule.type)
  if (type && !internalEventTypes.has(type)) return type
  if (type) {
    compiler.problem(spot, `only the hub itself makes events of the type ${type}`)
    return null
  }
  const near = nearestName(rule.type, eventTypes)
  const hint = near === null ? '' : `; did you mean ${near}?`
  compiler.problem(spot, `there is no event type ${rule.type}${hint}`)
  return null
}
