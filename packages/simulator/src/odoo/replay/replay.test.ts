import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'

import { type RecordingSink, startRecordingSink } from '../../recording-sink.ts'
import { type OdooDouble, startOdoo } from '../odoo-double.ts'
import { differences } from './comparison.ts'
import { scenarioNotes } from './notes.ts'
import { calledBy, firstNewIds, madeBy, type Recording, type Step } from './scenario.ts'

const folder = new URL('../../../test-data/odoo/recordings/', import.meta.url)

const files = readdirSync(folder).toSorted()

const readRecording = (file: string): Recording =>
  JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Recording

/** An Odoo, where its webhooks go, and the time that it takes for now. */
interface Stage {
  readonly odoo: OdooDouble
  readonly sink: RecordingSink
  readonly setTime: (time: string) => void
  /** Recorded ids of models, fields and actions by those of the double. */
  readonly ids: Map<number, number>
}

describe('the Odoo double answers as Odoo was recorded', () => {
  for (const file of files) {
    test(file.replace('.json', ''), async () => {
      let now = new Date('2026-11-23T05:00:00Z')
      // Long enough for calls of one moment to meet, however busy the machine is.
      const loadHoldMs = readRecording(file).steps.some((step) => step.concurrent) ? 300 : 0
      const odoo = await startOdoo({ now: () => now, loadHoldMs })
      const sink = await startRecordingSink()
      const setTime = (time: string): void => {
        now = new Date(time)
      }
      const stage: Stage = { odoo, sink, setTime, ids: new Map() }
      try {
        const { after } = scenarioNotes[file] ?? {}
        if (after) await replay(stage, after)
        assert.deepEqual(await replay(stage, file), [])
      } finally {
        await Promise.all([odoo.close(), sink.close()])
      }
    })
  }
})

/** Sends what was recorded, and says what was answered otherwise. */
async function replay(stage: Stage, file: string): Promise<string[]> {
  const { odoo, sink } = stage
  const recording = readRecording(file)
  const notes = scenarioNotes[file] ?? {}
  prepare(odoo, recording, file)
  const problems: string[] = []
  for (const group of inGroups(recording.steps)) {
    const at = recording.steps.indexOf(group[0] as Step)
    if (group[0]?.direction) {
      const sent = sink.requests().slice(-group.length)
      problems.push(
        ...compareWebhooks(
          group,
          sent.map(({ body }) => body.toString()),
          at,
        ),
      )
      continue
    }
    if (notes.clock?.[at]) stage.setTime(notes.clock[at])
    for (const [model, id] of Object.entries(notes.continueAt?.[at] ?? {}))
      odoo.db.continueAt(model, id)
    for (const [model, id] of madeBy(group)) odoo.db.continueAt(model, id)
    sink.replyAlways(replyFor(group[0]?.note ?? ''))
    const answers = await Promise.all(group.map((step) => send(stage, step)))
    for (const [index, step] of group.entries()) learnIds(stage, step, answers[index]?.body)
    if (notes.tolerated?.[at] || tellsOfItself(group[0] as Step)) continue
    const found = differences(sorted(group.map(({ response }) => response)), sorted(answers))
    problems.push(...found.map((problem) => `step ${at} (${group[0]?.note}): ${problem}`))
  }
  return problems
}

function prepare({ db }: OdooDouble, recording: Recording, file: string): void {
  const notes = scenarioNotes[file] ?? {}
  for (const [model, ids] of Object.entries(notes.without ?? {})) db.remove(model, ids)
  db.import(recording.given)
  db.import(notes.given ?? {})
  for (const [name, target] of Object.entries(notes.externalIds ?? {})) db.name(name, target)
  for (const [model, id] of firstNewIds(recording, db)) db.continueAt(model, id)
}

/** Calls that were sent at the same moment, together, and the webhooks that one call set off. */
function inGroups(steps: readonly Step[]): Step[][] {
  const groups: Step[][] = []
  for (const step of steps) {
    const last = groups.at(-1)
    const [first] = last ?? []
    const isSame = first && last && groupKey(first) === groupKey(step)
    if (isSame && (step.direction || step.concurrent)) last.push(step)
    else groups.push([step])
  }
  return groups
}

function groupKey({ request, note, direction }: Step): string {
  if (direction) return `${direction} ${request.path}`
  return `${request.path} ${note.replace(/\(.*/, '')}`
}

/** The receiver as it was when the scenario was recorded. */
function replyFor(note: string) {
  if (note.includes('answers 500')) return { kind: 'answer', status: 500 } as const
  if (note.includes('needs 3 s')) return { kind: 'answer', status: 200, delayMs: 3000 } as const
  return { kind: 'answer', status: 200 } as const
}

/** What came of who won is chance, so answers that were given together are put in order. */
const sorted = <T>(list: readonly T[]): T[] =>
  list.length === 1
    ? [...list]
    : list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

/** Ids of Odoo's own descriptions are its own. */
const tellsOfItself = (step: Step): boolean =>
  /^ir\.model(\.fields)?$/.test(calledBy(step)?.model ?? '')

function learnIds({ ids }: Stage, step: Step, answered: unknown): void {
  const { model = '', result } = calledBy(step) ?? {}
  if (!tellsOfItself(step) && !['ir.actions.server', 'base.automation'].includes(model)) return
  if (!Array.isArray(result) || !Array.isArray(answered)) return
  for (const [at, row] of result.entries()) {
    if (typeof row === 'number') ids.set(row, answered[at] as number)
    else {
      const same = answered.find((one) => (one.model ?? one.name) === (row.model ?? row.name))
      ids.set(row.id, same?.id)
    }
  }
}

function compareWebhooks(steps: readonly Step[], bodies: readonly string[], at: number): string[] {
  const parse = (text: string): Record<string, unknown> => JSON.parse(text)
  // Of calls that ran side by side it is chance which record, and which name, was whose.
  const withoutChance = ({
    _id,
    id: _same,
    name: _name,
    write_date: _at,
    ...rest
  }: Record<string, unknown>) => rest
  const isRace = steps.length > 4
  const expected = steps.map(({ request }) => parse(request.raw_body as string))
  const actual = bodies.map(parse)
  const found = isRace
    ? differences(sorted(expected.map(withoutChance)), sorted(actual.map(withoutChance)))
    : differences(expected, actual)
  return found.map((problem) => `webhooks at step ${at}: ${problem}`)
}

async function send({ odoo, sink, ids }: Stage, step: Step) {
  const { request, note } = step
  const own = note.includes('[as admin]') ? odoo.adminKey : odoo.key
  const key = note.startsWith('expired key') ? 'e'.repeat(40) : own
  const usual = {
    authorization: `bearer ${key}`,
    'x-odoo-database': 'backhaul',
    'content-type': 'application/json',
  }
  const recorded = Object.entries(request.headers ?? {})
  const headers = recorded.map(([name, value]) => [name, value.replace('<api-key>', key)] as const)
  const text = typeof request.body === 'string' ? request.body : JSON.stringify(request.body)
  const isAboutItself = ['ir.actions.server', 'base.automation'].includes(
    calledBy(step)?.model ?? '',
  )
  const body = text
    ?.replaceAll('<api-key>', key)
    .replaceAll('http://hub.example', sink.url)
    .replaceAll(/\d+/g, (digits) =>
      isAboutItself ? String(ids.get(Number(digits)) ?? digits) : digits,
    )
  const response = await fetch(odoo.url + request.path, {
    method: request.method,
    headers: recorded.length > 0 ? Object.fromEntries(headers) : usual,
    ...(request.body !== null && request.body !== undefined && { body }),
  })
  const answer = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json')
  return { status: response.status, body: isJson ? JSON.parse(answer) : answer }
}
