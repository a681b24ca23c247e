import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { Command } from 'commander'
import { type ConfigInput, type PlannedItem, planConfig } from '../../pipeline/apply-config.ts'
import { type ConfigFile, configFolders, subjectOf } from '../../pipeline/config-files.ts'
import { HubError } from '../../platform/errors.ts'
import type { Actions, Handler } from '../action.ts'
import { CliError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import type { Session } from '../session.ts'
import { type Column, printable, table } from '../table.ts'
import { type CliHub, withHub } from '../with-hub.ts'
import { wordDeps } from '../words.ts'

export function addApplyCommand(program: Command, actions: Actions): void {
  program
    .command('apply')
    .description(
      'Put the mappings, policies and words of a folder in force, each file whole or not at all.',
    )
    .requiredOption(
      '-f, --folder <dir>',
      'with mappings/<connection>/<topic>.yaml, policies/<name>.yaml, vocabularies/<vocabulary>[.<connection>].csv',
    )
    .option('--plan', 'only say what would change')
    .option('--prune', 'also take out of force what is not in the folder')
    .action(actions.run(apply))
}

interface ApplyOptions {
  readonly folder: string
  readonly plan?: boolean
  readonly prune?: boolean
}

/** What became of an item, in one word; `detail` is of the plan, or says why it failed. */
export interface Outcome extends Omit<PlannedItem, 'take'> {
  readonly outcome: 'planned' | 'applied' | 'waiting' | 'unchanged' | 'refused' | 'failed'
}

const apply: Handler<ApplyOptions> = async (session, { options }) => {
  const { folder, prune = false } = options
  const input = await readFolder(folder, prune)
  return withHub(session, async (hub) => {
    const items = await planConfig(wordDeps(hub), input)
    const todo = items.filter(({ take }) => take !== null)
    const isPlan = session.isDryRun || (options.plan ?? false)
    if (isPlan || todo.length === 0) {
      showOutcomes(session, items.map(plannedOutcome))
      return items.some(({ action }) => action === 'refused') ? exitCodes.usage : exitCodes.ok
    }
    if (!session.isQuiet) session.say(planText(items))
    await session.confirm(`Apply ${todo.length} changes from ${folder}?`)
    const outcomes: Outcome[] = []
    for (const item of items) outcomes.push(await takeItem(hub, item))
    showOutcomes(session, outcomes)
    return exitCodeOf(outcomes)
  })
}

function plannedOutcome({ take, ...item }: PlannedItem): Outcome {
  if (take !== null) return { ...item, outcome: 'planned' }
  return { ...item, outcome: item.action === 'refused' ? 'refused' : 'unchanged' }
}

/** Does one thing. What is wrong with it keeps nothing else from being done; an outage ends all. */
export async function takeItem(hub: CliHub, item: PlannedItem): Promise<Outcome> {
  const { take, ...rest } = item
  if (take === null) return plannedOutcome(item)
  try {
    return { ...rest, outcome: await take(wordDeps(hub), hub.by) }
  } catch (error) {
    if (!(error instanceof HubError) || error.status >= 500) throw error
    const problems = error.problems.map(({ message }) => message)
    return { ...rest, outcome: 'failed', detail: [error.message, ...problems].join(' ') }
  }
}

export function exitCodeOf(outcomes: readonly Outcome[]): ExitCode {
  const isBad = ({ outcome }: Outcome): boolean => outcome === 'refused' || outcome === 'failed'
  if (!outcomes.some(isBad)) return exitCodes.ok
  const isDone = outcomes.some(({ outcome }) => outcome === 'applied' || outcome === 'waiting')
  return isDone ? exitCodes.partial : exitCodes.usage
}

const columns: readonly Column<Outcome>[] = [
  { title: 'WHAT', value: ({ subject }) => subject },
  { title: 'CHANGE', value: ({ action }) => action },
  { title: 'OUTCOME', value: ({ outcome }) => outcome },
  { title: 'DETAIL', value: ({ detail }) => detail },
]

/** @param more - what a program is told besides. */
export function showOutcomes(
  session: Session,
  items: readonly Outcome[],
  more: Readonly<Record<string, unknown>> = {},
): void {
  if (items.length === 0) session.say('There is nothing in the folder.')
  const counts: Record<string, number> = {}
  for (const { outcome } of items) counts[outcome] = (counts[outcome] ?? 0) + 1
  session.show({ ...more, counts, items }, () => {
    if (items.length === 0) return ''
    const sum = Object.entries(counts).map(([name, count]) => `${count} ${name}`)
    return `${table(items, columns, session)}\n\n${diffsOf(items)}${sum.join(', ')}`
  })
}

function diffsOf(items: readonly Outcome[]): string {
  return items
    .filter(({ diff, outcome }) => diff !== '' && outcome === 'planned')
    .map(({ diff }) => `${diff.trimEnd().split('\n').map(printable).join('\n')}\n\n`)
    .join('')
}

function planText(items: readonly PlannedItem[]): string {
  return items.map(({ action, subject, detail }) => `${action} ${subject} (${detail})`).join('; ')
}

/** @throws {CliError} when there is no such folder, or none of those in it that are looked into. */
async function readFolder(folder: string, prune: boolean): Promise<ConfigInput> {
  const names = await listFolder(folder)
  const folders = configFolders.filter((name) => names.includes(name))
  if (folders.length === 0) {
    throw new CliError('usage', `There is none of ${configFolders.join(', ')} in ${folder}.`)
  }
  const files: ConfigFile[] = []
  for (const name of folders) {
    const below = await readdir(join(folder, name), { recursive: true, withFileTypes: true })
    for (const entry of below.filter((one) => one.isFile())) {
      const full = join(entry.parentPath, entry.name)
      const path = relative(folder, full).split(sep).join('/')
      if (subjectOf(path) !== null) files.push({ path, text: await readFile(full, 'utf8') })
    }
  }
  return { files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)), folders, prune }
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    const message = `The folder ${folder} cannot be read: ${(error as Error).message}.`
    throw new CliError('usage', message, { cause: error })
  }
}
