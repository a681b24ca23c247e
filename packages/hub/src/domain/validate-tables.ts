import assert from 'node:assert/strict'
import {
  type Axis,
  axes,
  axisStates,
  commandContracts,
  commandTypes,
  type ExceptionCode,
  eventTypes,
  exceptionCodes,
  systemRoles,
} from '@backhaul/sdk/canonical'
import { eventRules } from './event-rules.ts'
import { exceptionRules, raisedByHandlers, raisedOutside } from './exceptions/rules.ts'
import { type GuardName, guards } from './guards.ts'
import { newsOnHeadline } from './obligations/news.ts'
import { owedOnEvents } from './obligations/on-events.ts'
import { transitions } from './transitions/index.ts'
import { dues, type Transition } from './transitions/transition.ts'

type Tables = { readonly [A in Axis]: readonly Transition[] }

/** Everything that is wrong with a set of tables, a sentence for each; empty when all is well. */
export function problemsOf(tables: Tables): readonly string[] {
  return [
    ...axes.flatMap((axis) => axisProblems(axis, tables[axis])),
    ...guardProblems(tables),
    ...commandProblems(tables),
    ...exceptionProblems(),
    ...eventProblems(tables),
  ]
}

/**
 * Checks the tables of the core as a whole. Called at start-up.
 *
 * @throws {AssertionError} naming every problem at once.
 */
export function validateTables(): void {
  const problems = problemsOf(transitions)
  assert.equal(problems.length, 0, `The tables of the core do not hold:\n${problems.join('\n')}`)
}

function axisProblems(axis: Axis, rows: readonly Transition[]): string[] {
  const states: readonly string[] = axisStates[axis]
  const problems: string[] = []
  for (const { from, to, on } of rows) {
    for (const state of [...from, to]) {
      if (!states.includes(state))
        problems.push(`${axis}: ${state} (on ${on}) is no state of the axis.`)
    }
    if (new Set(from).size !== from.length)
      problems.push(`${axis}: a row on ${on} to ${to} names a state twice.`)
  }
  for (const state of unreachable(states, rows)) {
    problems.push(`${axis}: ${state} cannot be reached from ${states[0]}.`)
  }
  return [...problems, ...ambiguities(axis, rows)]
}

function unreachable(states: readonly string[], rows: readonly Transition[]): string[] {
  const [start = ''] = states
  const reached = new Set([start])
  for (let before = 0; before !== reached.size; ) {
    before = reached.size
    for (const { from, to } of rows) if (from.some((state) => reached.has(state))) reached.add(to)
  }
  return states.filter((state) => !reached.has(state))
}

/** Rows are tried in order, so a second row with the same guard, or any behind one without, is never taken. */
function ambiguities(axis: Axis, rows: readonly Transition[]): string[] {
  const problems: string[] = []
  const seen = new Set<string>()
  for (const { from, on, guard, to } of rows) {
    for (const state of from) {
      const place = `${state}/${on}`
      if (seen.has(`${place}/`))
        problems.push(`${axis}: ${state} on ${on} to ${to} stands behind a row without a guard.`)
      else if (guard !== undefined && seen.has(`${place}/${guard}`)) {
        problems.push(`${axis}: ${state} on ${on} has two rows for the guard ${guard}.`)
      }
      seen.add(`${place}/${guard ?? ''}`)
    }
  }
  return problems
}

function guardProblems(tables: Tables): string[] {
  const used = new Set(axes.flatMap((axis) => tables[axis].flatMap(({ guard }) => guard ?? [])))
  const named = new Set(Object.keys(guards) as GuardName[])
  return [
    ...[...used]
      .filter((guard) => !named.has(guard))
      .map((guard) => `The guard ${guard} is not defined.`),
    ...[...named]
      .filter((guard) => !used.has(guard))
      .map((guard) => `The guard ${guard} guards no row.`),
  ]
}

/** Commands that no row owes: answers to an event, news of a headline, and what the shell publishes. */
const owedElsewhere: ReadonlySet<string> = new Set([
  'event.publish',
  ...Object.values(owedOnEvents).map(({ owes }) => owes),
  ...Object.values(newsOnHeadline).flat(),
])

function commandProblems(tables: Tables): string[] {
  const owed = new Set<string>(
    axes.flatMap((axis) => tables[axis].flatMap(({ owes }) => owes ?? [])),
  )
  const known: ReadonlySet<string> = new Set(commandTypes)
  const roles: readonly string[] = systemRoles
  return [
    ...[...owed]
      .filter((type) => !known.has(type))
      .map((type) => `${type} is owed, and is no command.`),
    ...commandTypes
      .filter((type) => !owed.has(type) && !owedElsewhere.has(type))
      .map((type) => `${type} is never owed.`),
    ...commandTypes
      .filter((type) => !roles.includes(commandContracts[type].role))
      .map((type) => `${type} goes to no role.`),
  ]
}

function exceptionProblems(): string[] {
  const raised = new Set<string>([
    ...exceptionRules.map(({ code }) => code),
    ...Object.keys(raisedByHandlers),
  ])
  const outside: ReadonlySet<string> = new Set(Object.keys(raisedOutside))
  const codes = Object.keys(exceptionCodes) as ExceptionCode[]
  return [
    ...codes
      .filter((code) => !raised.has(code) && !outside.has(code))
      .map((code) => `${code} is raised by nothing.`),
    ...codes
      .filter((code) => raised.has(code) && outside.has(code))
      .map((code) => `${code} is raised here, and said to come from outside.`),
  ]
}

function eventProblems(tables: Tables): string[] {
  const known = new Set<string>([...eventTypes, ...dues])
  const moving = new Set<string>()
  const problems: string[] = []
  for (const axis of axes) {
    for (const { on } of tables[axis]) {
      moving.add(`${axis}/${on}`)
      if (!known.has(on)) problems.push(`${axis}: ${on} is no event.`)
    }
  }
  for (const type of eventTypes) {
    const { axis } = eventRules[type]
    if (axis !== null && !moving.has(`${axis}/${type}`)) {
      problems.push(`${type} is about ${axis}, and has no row there.`)
    }
  }
  return [
    ...problems,
    ...dues
      .filter((due) => !axes.some((axis) => moving.has(`${axis}/${due}`)))
      .map((due) => `${due} moves nothing.`),
  ]
}
