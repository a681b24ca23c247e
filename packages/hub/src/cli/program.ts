import { Command, CommanderError } from 'commander'
import { Actions } from './action.ts'
import type { CliContext } from './context.ts'
import { formatDocument } from './document.ts'
import { exitCodes } from './exit-code.ts'
import { printable } from './table.ts'

type AddCommands = (program: Command, actions: Actions) => void

/**
 * The commands by their first word. Each is loaded when it is called, so that none waits for another's libraries.
 * Those of connectors come behind them, by the connectors' keys.
 */
const groups: Readonly<Record<string, () => Promise<AddCommands>>> = {
  serve: async () => (await import('./commands/serve.ts')).addServeCommand,
  migrate: async () => (await import('./commands/migrate.ts')).addMigrateCommand,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctorCommand,
  status: async () => (await import('./commands/status.ts')).addStatusCommand,
  config: async () => (await import('./commands/config.ts')).addConfigCommands,
  key: async () => (await import('./commands/key.ts')).addKeyCommands,
  user: async () => (await import('./commands/user.ts')).addUserCommands,
  case: async () => (await import('./commands/case.ts')).addCaseCommands,
  exception: async () => (await import('./commands/exception.ts')).addExceptionCommands,
  message: async () => (await import('./commands/message.ts')).addMessageCommands,
  delivery: async () => (await import('./commands/delivery.ts')).addDeliveryCommands,
  view: async () => (await import('./commands/view.ts')).addViewCommands,
  operation: async () => (await import('./commands/operation.ts')).addOperationCommands,
  connection: async () => (await import('./commands/connection.ts')).addConnectionCommands,
  poll: async () => (await import('./commands/poll.ts')).addPollCommands,
  channel: async () => (await import('./commands/channel.ts')).addChannelCommands,
  file: async () => (await import('./commands/file.ts')).addFileCommands,
  document: async () => (await import('./commands/document.ts')).addDocumentCommands,
  mapping: async () => (await import('./commands/mapping.ts')).addMappingCommands,
  notification: async () => (await import('./commands/notification.ts')).addNotificationCommands,
  vocabulary: async () => (await import('./commands/vocabulary.ts')).addVocabularyCommands,
  apply: async () => (await import('./commands/apply.ts')).addApplyCommand,
  'master-data': async () => (await import('./commands/master-data.ts')).addMasterDataCommands,
  product: async () => (await import('./commands/product.ts')).addProductCommands,
  route: async () => (await import('./commands/route.ts')).addRouteCommands,
  authority: async () => (await import('./commands/route.ts')).addAuthorityCommands,
  policy: async () => (await import('./commands/policy.ts')).addPolicyCommands,
  audit: async () => (await import('./commands/audit.ts')).addAuditCommands,
  completion: async () => (await import('./commands/completion.ts')).addCompletionCommand,
  version: async () => (await import('./commands/version.ts')).addVersionCommand,
}

/** Makes the whole command line, or, where `only` names a first word, that part of it. Does nothing else. */
export async function buildProgram(
  context: CliContext,
  only?: string,
): Promise<{ readonly program: Command; readonly actions: Actions }> {
  const actions = new Actions(context)
  const program = new Command('backhaul')
    .description('One return, one case, one timeline, true in every system.')
    .version(context.version, '-V, --version', 'show the version')
    .option('-c, --config <file>', 'configuration file, in place of backhaul.yaml')
    .option('--json', 'print one JSON document, for programs')
    .option('-q, --quiet', 'print the result only')
    .option('-y, --yes', 'do not ask before something that others notice')
    .option('--no-input', 'never ask; fail where a question would be needed')
    .option('--no-color', 'print without colors; NO_COLOR does the same')
    .option('--dry-run', 'only say what would be done')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      // Told by whoever runs the program, in its own form.
      outputError: () => undefined,
    })
    .exitOverride()
  const own = only !== undefined && Object.hasOwn(groups, only) ? groups[only] : undefined
  const loaded = await Promise.all((own ? [own] : Object.values(groups)).map((load) => load()))
  for (const add of loaded) add(program, actions)
  if (own === undefined) {
    const { addConnectorCommands } = await import('./connector/groups.ts')
    addConnectorCommands(program, actions, await context.connectors())
  }
  return { program, actions }
}

/**
 * Runs one command line.
 *
 * @returns the exit code: see `exitCodes`, and what `serve` ends with.
 */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  try {
    const whole = ['help', 'completion'].includes(args[0] ?? '')
    const { program, actions } = await buildProgram(context, whole ? undefined : args[0])
    await program.parseAsync(args, { from: 'user' })
    return actions.exitCode
  } catch (error) {
    const isJson = args.includes('--json')
    if (error instanceof CommanderError) return tellUsage(context, error, { isJson, args })
    return tellError(context, error, isJson)
  }
}

/** Codes by which commander says that it has shown what was asked for. */
const shownCodes: readonly string[] = ['commander.helpDisplayed', 'commander.version']

function tellUsage(
  { stderr }: CliContext,
  error: CommanderError,
  { isJson, args }: { readonly isJson: boolean; readonly args: readonly string[] },
): number {
  if (
    shownCodes.includes(error.code) ||
    (error.code === 'commander.help' && error.exitCode === 0)
  ) {
    return exitCodes.ok
  }
  if (isJson) {
    const problem = {
      code: 'USAGE',
      title: 'The command line is wrong.',
      detail: sentenceOf(error),
    }
    stderr.write(
      `${formatDocument({ ...problem, exitCode: exitCodes.usage, problems: [], retryable: false })}\n`,
    )
  } else if (error.code !== 'commander.help') {
    const known = Object.keys(groups).filter((name) => name === args[0])
    stderr.write(
      `backhaul: ${sentenceOf(error)} See: ${['backhaul', ...known, '--help'].join(' ')}\n`,
    )
  }
  return exitCodes.usage
}

/** Commander's message without its prefix, in one line. */
function sentenceOf({ message }: CommanderError): string {
  const text = printable(message.replace(/^error: /, '').replaceAll('\n', ' '))
  return /[.)?]$/.test(text) ? text : `${text}.`
}

async function tellError({ stderr }: CliContext, error: unknown, isJson: boolean): Promise<number> {
  const { explainError } = await import('./explain-error.ts')
  const explained = explainError(error)
  if (explained === null) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    stderr.write(
      isJson ? `${formatDocument(defectOf(error))}\n` : `backhaul: This is a defect.\n${text}\n`,
    )
    return exitCodes.error
  }
  const { sentences, isRetryable: retryable, ...rest } = explained
  if (isJson) stderr.write(`${formatDocument({ ...rest, detail: sentences[0], retryable })}\n`)
  else for (const sentence of sentences) stderr.write(`backhaul: ${printable(sentence)}\n`)
  return explained.exitCode
}

function defectOf(error: unknown): object {
  const detail = error instanceof Error ? error.message : String(error)
  const exitCode = exitCodes.error
  return {
    code: 'DEFECT',
    title: 'This is a defect.',
    detail,
    exitCode,
    problems: [],
    retryable: false,
  }
}
