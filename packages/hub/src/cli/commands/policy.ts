import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { parse } from 'yaml'
import {
  type CompiledPolicy,
  compilePolicyText,
  evaluatePolicy,
  type PolicyDecision,
  type PolicyInputs,
  type PolicyProblem,
  type Reason,
  runExamples,
  writtenInputs,
} from '../../domain/index.ts'
import { listDecisions, type StoredDecision } from '../../store/policy.ts'
import type { Actions, Handler } from '../action.ts'
import { wholeNumber } from '../arguments.ts'
import { CliError } from '../cli-error.ts'
import { exitCodes } from '../exit-code.ts'
import type { Session } from '../session.ts'
import { type Column, fields, table } from '../table.ts'
import { withDatabase } from '../with-database.ts'
import { getCase } from './case.ts'

export function addPolicyCommands(program: Command, actions: Actions): void {
  const group = program.command('policy').description('Look at the rules that decide on returns.')
  group
    .command('check')
    .description('Say what is wrong with a rule set, and where. Exits with 2 where something is.')
    .argument('<file>', 'the rule set, in YAML')
    .action(actions.run(check))
  group
    .command('test')
    .description('Hold a rule set against its own examples. Exits with 1 where one does not hold.')
    .argument('<file>', 'the rule set, in YAML')
    .action(actions.run(test))
  group
    .command('simulate')
    .description('Show what a rule set would say.')
    .argument('<file>', 'the rule set, in YAML')
    .requiredOption('--inputs <json>', 'what it is asked about: JSON or YAML, or a file with it')
    .action(actions.run(simulate))
  group
    .command('explain')
    .description('Show what was decided of a return, the newest first, and why.')
    .argument('<case>', 'its number, its id, or any identifier that leads to it')
    .option('-n, --limit <count>', 'how many decisions', parseDecisions, 5)
    .action(actions.run(explain))
}

function parseDecisions(text: string): number {
  return wholeNumber(text, { from: 1, to: 200 })
}

const problemColumns: readonly Column<PolicyProblem>[] = [
  { title: 'LINE', value: ({ line }) => line, align: 'right' },
  { title: 'COLUMN', value: ({ column }) => column, align: 'right' },
  { title: 'FIELD', value: ({ path }) => path },
  { title: 'PROBLEM', value: ({ message }) => message },
]

const check: Handler<object> = async (session, { args: [file = ''] }) => {
  const compiled = compilePolicyText(await readText(file), { version: 1 })
  const problems = compiled.ok ? [] : compiled.problems
  session.show({ file, isFine: compiled.ok, problems }, () =>
    compiled.ok
      ? `${compiled.policy.name} can be used: ${compiled.policy.rules.length} rules.`
      : table(problems, problemColumns, { hasColor: session.hasColor }),
  )
  return compiled.ok ? undefined : exitCodes.usage
}

interface ShownExample {
  readonly name: string
  readonly isFine: boolean
  readonly differences: readonly string[]
}

const exampleColumns: readonly Column<ShownExample>[] = [
  { title: 'EXAMPLE', value: ({ name }) => name },
  { title: 'HOLDS', value: ({ isFine }) => isFine },
  { title: 'DIFFERENCE', value: ({ differences }) => differences.join('; ') },
]

const test: Handler<object> = async (session, { args: [file = ''] }) => {
  const results = runExamples(await readPolicy(file))
  const examples = results.map(({ name, differences }): ShownExample => {
    return { name, isFine: differences.length === 0, differences }
  })
  const failed = examples.filter(({ isFine }) => !isFine).length
  if (examples.length === 0) session.say('The rule set has no examples.')
  session.show({ file, failed, examples }, () =>
    examples.length === 0 ? '' : table(examples, exampleColumns, { hasColor: session.hasColor }),
  )
  return failed === 0 ? undefined : exitCodes.error
}

const simulate: Handler<{ readonly inputs: string }> = async (
  session,
  { args: [file = ''], options },
) => {
  const decision = evaluatePolicy(await readPolicy(file), await readInputs(options.inputs))
  session.show(decision, () => describe(session, decision))
}

const explain: Handler<{ readonly limit: number }> = (
  session,
  { args: [identifier = ''], options: { limit } },
) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const { caseId, caseNo } = await getCase(pool, identifier)
    const decisions = await listDecisions(pool, { caseId, limit })
    if (decisions.length === 0) session.say(`Nothing was decided of ${caseNo} by rules.`)
    session.show({ caseNo, decisions }, () =>
      decisions.map((one) => describeStored(session, one)).join('\n\n'),
    )
  })

function describeStored(session: Session, stored: StoredDecision): string {
  const { ruleSet: name, ruleSetVersion: version, decidedAt, decidedBy } = stored
  const head = fields([
    ['Decided', decidedAt],
    ['By', decidedBy],
  ])
  return `${head}\n${describe(session, { ...stored, ruleSet: { name, version } })}`
}

const lineColumns: readonly Column<PolicyDecision['lines'][number]>[] = [
  { title: 'LINE', value: ({ lineNo }) => lineNo, align: 'right' },
  { title: 'VERDICT', value: ({ verdict }) => verdict },
  { title: 'QUANTITY', value: ({ quantity }) => quantity, align: 'right' },
  { title: 'RESPONSE', value: ({ response }) => response },
  { title: 'RULES', value: ({ reasons }) => reasons.join(' ') },
]

const reasonColumns: readonly Column<Reason>[] = [
  { title: 'RULE', value: ({ rule, version }) => `${rule} v${version}` },
  { title: 'LINE', value: ({ lineNo }) => lineNo, align: 'right' },
  { title: 'VERDICT', value: ({ verdict }) => verdict },
  { title: 'WHAT', value: ({ title }) => title },
  { title: 'DETAIL', value: ({ detail }) => detail },
  { title: 'LOOKED AT', value: ({ used }) => usedText(used) },
]

function usedText(used: Reason['used']): string {
  return Object.entries(used)
    .map(([path, value]) => `${path}=${String(value)}`)
    .join(' ')
}

function describe(session: Session, decision: Omit<PolicyDecision, 'inputs'>): string {
  const { ruleSet, verdict, terms, lines, reasons } = decision
  const head = fields([
    ['Rules', `${ruleSet.name} v${ruleSet.version}`],
    ['Verdict', verdict],
    ['Money', terms && `${terms.method} ${terms.trigger}`],
    ['Fees', terms?.fees.map(({ kind, netMinor }) => `${kind} ${netMinor}`).join(' ')],
  ])
  const why = reasons.length === 0 ? 'No rule objects.' : table(reasons, reasonColumns, session)
  return [head, table(lines, lineColumns, session), why].join('\n\n')
}

async function readPolicy(file: string): Promise<CompiledPolicy> {
  const compiled = compilePolicyText(await readText(file), { version: 1 })
  if (compiled.ok) return compiled.policy
  const [first] = compiled.problems
  const where = `${file}:${first?.line}:${first?.column}`
  throw new CliError(
    'usage',
    `${where}: ${first?.message}. See all of it with: backhaul policy check ${file}`,
  )
}

/** Inputs as they were recorded, or as a person writes them: what is left out is as usual, or not known. */
async function readInputs(given: string): Promise<PolicyInputs> {
  const isWritten = given.trimStart().startsWith('{')
  const parsed = writtenInputs.safeParse(readYaml(isWritten ? given : await readText(given)))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new CliError('usage', `The inputs cannot be used. ${problems.slice(0, 5).join('; ')}.`)
}

function readYaml(text: string): unknown {
  try {
    return parse(text)
  } catch {
    throw new CliError('usage', 'The inputs are neither JSON nor YAML.')
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const message = `${path} cannot be read: ${(error as Error).message}.`
    throw new CliError('usage', message, { cause: error })
  }
}
