import { exitCodes } from '../../../packages/hub/src/cli/exit-code.ts'
import { buildProgram } from '../../../packages/hub/src/cli/program.ts'
import { code, codes, page, table } from './markdown.mjs'

const exitMeanings = {
  ok: 'It was done.',
  error: 'It failed, for a reason that has no code of its own.',
  usage: 'The command line, the configuration or the input is wrong.',
  notFound: 'There is no such thing.',
  auth: 'A credential is missing or wrong, or does not allow this.',
  conflict: 'The object is in a state that does not allow this, or has changed.',
  unavailable:
    'The database, or the system behind a connection, does not answer. Trying again may help.',
  partial: 'Some of it was done, and some was not.',
}

async function never() {
  throw new Error('a page is made without running anything')
}

/** The commands as the program itself has them; nothing is run. */
export async function cliPage(version) {
  const { stdin, stdout, stderr } = process
  const { connectors: all } = await import('../../../packages/connectors/src/index.ts')
  const connectors = async () => all
  const context = { version, env: {}, stdin, stdout, stderr, connectors, serve: never }
  const { program } = await buildProgram(context)
  const leaves = commandsBelow(program, 'backhaul')
  return page('Command line', [
    '`backhaul <command>`, from a checkout `npx backhaul <command>`. Results go to stdout, all else to stderr. The commands open the database directly, with the same configuration as the hub: no running hub is needed.',
    '## Options of every command',
    optionTable(program),
    '## Exit codes',
    table(
      ['Code', 'Meaning'],
      Object.entries(exitCodes).map(([name, number]) => [number, meaningOf(name)]),
    ),
    ...leaves.flatMap(commandSection),
  ])
}

function meaningOf(name) {
  const text = exitMeanings[name]
  if (text === undefined) throw new Error(`say what the exit code ${name} means`)
  return text
}

/** The commands that do something, in the order of the help, with all their words. */
function commandsBelow(command, words) {
  if (command.commands.length === 0) return [{ words, command }]
  return command.commands.flatMap((one) => commandsBelow(one, `${words} ${one.name()}`))
}

function commandSection({ words, command }) {
  const args = command.registeredArguments
  return [
    `## ${words}`,
    command.description(),
    `\`\`\`\n${words} ${command.usage()}\n\`\`\``,
    ...(args.length === 0
      ? []
      : [
          table(
            ['Argument', 'Meaning'],
            args.map((one) => [code(one.name()), withChoices(one)]),
          ),
        ]),
    ...(shownOptions(command).length === 0 ? [] : [optionTable(command)]),
  ]
}

function optionTable(command) {
  return table(
    ['Option', 'Meaning'],
    shownOptions(command).map((one) => [code(one.flags), withChoices(one)]),
  )
}

function shownOptions(command) {
  return command.options.filter(({ hidden }) => !hidden)
}

function withChoices({ description, argChoices, defaultValue, mandatory }) {
  const isSaid = defaultValue !== undefined && String(defaultValue) !== '' && !mandatory
  return [
    description,
    argChoices ? `(one of ${codes(argChoices)})` : '',
    isSaid ? `(default ${code(defaultValue)})` : '',
    mandatory ? '(needed)' : '',
  ]
    .filter(Boolean)
    .join(' ')
}
