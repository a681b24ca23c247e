import { type Axis, axes, axisStates } from '@backhaul/sdk/canonical'
import { refusalCodes } from './decision.ts'
import { settledHeadlines, waitedForCommands } from './delays.ts'
import { eventRules } from './event-rules.ts'
import { exceptionRules, raisedByHandlers, raisedOutside } from './exceptions/rules.ts'
import { type GuardName, guards, refusalOf } from './guards.ts'
import { headlineTable } from './headline.ts'
import { newsOnHeadline } from './obligations/news.ts'
import { owedOnEvents } from './obligations/on-events.ts'
import { transitions } from './transitions/index.ts'
import type { Transition } from './transitions/transition.ts'

/** The transition tables, guards, headline and exceptions as a page of Markdown, with a diagram for each axis. */
export function describeTransitions(): string {
  return [
    '# What a return can do',
    'Made from the tables of the core. Of several rows for one state and event the first whose guard holds is taken.',
    ...axes.map(axisSection),
    answerSection(),
    delaySection(),
    guardSection(),
    headlineSection(),
    exceptionSection(),
    refusalSection(),
    '',
  ].join('\n\n')
}

function rowsOf(axis: Axis): readonly Transition[] {
  return transitions[axis]
}

function axisSection(axis: Axis): string {
  const header = '| from | on | guard | to | owes | bare status |\n|---|---|---|---|---|---|'
  const rows = rowsOf(axis).map(
    ({ from, on, guard, to, owes, isReportable }) =>
      `| ${[from.join(', '), code(on), guard ? code(guard) : '', to, (owes ?? []).map(code).join(', '), isReportable ? 'yes' : ''].join(' | ')} |`,
  )
  const openToAll = Object.entries(eventRules)
    .filter(([, rule]) => rule.axis === axis && rule.isOpenToAll)
    .map(([type]) => code(type))
  const note = openToAll.length > 0 ? [`Anyone may say: ${openToAll.join(', ')}.`] : []
  return [`## ${axis}`, diagram(axis), [header, ...rows].join('\n'), ...note].join('\n\n')
}

/** A Mermaid state diagram: one arrow for each pair of states, with the events that lead along it. */
function diagram(axis: Axis): string {
  const arrows = new Map<string, Set<string>>()
  for (const { from, to, on } of rowsOf(axis)) {
    for (const state of from) {
      if (state === to) continue
      const arrow = `${state} --> ${to}`
      arrows.set(arrow, (arrows.get(arrow) ?? new Set()).add(on))
    }
  }
  const [start] = axisStates[axis]
  const lines = [...arrows].map(([arrow, events]) => `  ${arrow}: ${[...events].join(', ')}`)
  return ['```mermaid', 'stateDiagram-v2', `  [*] --> ${start}`, ...lines, '```'].join('\n')
}

function delaySection(): string {
  return [
    '## Delays',
    `A customer waits for ${waitedForCommands().map(code).join(', ')}. When one of these is dead and stays so, or is still tried again, for longer than \`delivery.customerNoticeAfterHours\`, the customer is told once (\`customer.notify\`, template \`delayed\`), and once more (\`delay_ended\`) when all that was late has arrived or a person has dealt with it. Never a second time in a case; not where the customer is not known, nor where the return is ${[...settledHeadlines].map(code).join(', ')}.`,
  ].join('\n\n')
}

function answerSection(): string {
  const rows = Object.entries(owedOnEvents).map(
    ([type, { owes, when }]) => `| ${code(type)} | ${when} | ${code(owes)} |`,
  )
  return ['## Owed whatever moves', table(['on', 'when', 'owes'], rows)].join('\n\n')
}

function guardSection(): string {
  const rows = (Object.keys(guards) as GuardName[]).map((name) => {
    const refusal = refusalOf(name)
    const otherwise =
      refusal === undefined ? 'the next row is tried' : `the event is refused: ${refusal}`
    return `| ${code(name)} | ${guards[name].means} | ${otherwise} |`
  })
  return ['## Guards', table(['guard', 'holds when', 'otherwise'], rows)].join('\n\n')
}

function headlineSection(): string {
  const rows = headlineTable.map(
    ({ headline, means }) =>
      `| ${headline} | ${means} | ${newsOnHeadline[headline].map(code).join(', ')} |`,
  )
  return [
    '## Headline',
    'The first that fits.',
    table(['headline', 'when', 'who is told'], rows),
  ].join('\n\n')
}

function exceptionSection(): string {
  const by = { state: 'the state', event: 'an event', timer: 'a timer' } as const
  const own = exceptionRules.map(
    ({ code: name, raisedBy, over }) => `| ${name} | ${by[raisedBy]} | ${over} | by itself |`,
  )
  const other = Object.entries(raisedByHandlers).map(
    ([name, what]) => `| ${name} | ${what} | | by what ends its cause, or by a person |`,
  )
  const outside = Object.entries(raisedOutside).map(
    ([name, what]) => `| ${name} | outside the core: ${what} | | by a person |`,
  )
  return [
    '## Exceptions',
    table(['code', 'raised by', 'about a', 'ends'], [...own, ...other, ...outside]),
  ].join('\n\n')
}

function refusalSection(): string {
  const rows = Object.entries(refusalCodes).map(([name, text]) => `| ${code(name)} | ${text} |`)
  return ['## Refusals', table(['code', 'meaning'], rows)].join('\n\n')
}

function table(columns: readonly string[], rows: readonly string[]): string {
  return [`| ${columns.join(' | ')} |`, `|${'---|'.repeat(columns.length)}`, ...rows].join('\n')
}

function code(text: string): string {
  return `\`${text}\``
}
