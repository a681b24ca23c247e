import type { Command } from 'commander'

/** A command as a shell completes it. */
export interface TreeNode {
  /** The words that lead to it, such as `case list`; empty for the program itself. */
  readonly path: string
  readonly commands: readonly { readonly name: string; readonly description: string }[]
  readonly options: readonly TreeOption[]
  /** What its first argument can be, where that is known. */
  readonly choices: readonly string[]
}

/** Everything that can be typed. */
export interface CommandTree {
  readonly commands: readonly TreeNode[]
  /** What can follow every command. */
  readonly options: readonly TreeOption[]
}

export interface TreeOption {
  /** `-n` and `--limit`. */
  readonly flags: readonly string[]
  readonly description: string
  readonly hasValue: boolean
  readonly choices: readonly string[]
  /** Whether its value is the name of a file. */
  readonly isFile: boolean
}

/** The program and every command, each with what can follow it. The program's own options can follow all. */
export function commandTree(program: Command): CommandTree {
  const [root, ...commands] = visit(program, [])
  return {
    commands: [...(root ? [{ ...root, options: [] }] : []), ...commands],
    options: root?.options ?? [],
  }
}

function visit(command: Command, words: readonly string[]): TreeNode[] {
  const below = command.createHelp().visibleCommands(command)
  const subcommands = below.filter((sub) => sub.name() !== 'help')
  const node: TreeNode = {
    path: words.join(' '),
    commands: below.map((sub) => ({ name: sub.name(), description: sub.description() })),
    options: optionsOf(command),
    choices: command.registeredArguments[0]?.argChoices ?? [],
  }
  return [node, ...subcommands.flatMap((sub) => visit(sub, [...words, sub.name()]))]
}

function optionsOf(command: Command): TreeOption[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map((option) => ({
      flags: [option.short, option.long].filter((flag) => flag !== undefined),
      description: option.description,
      hasValue: option.required || option.optional,
      choices: option.argChoices ?? [],
      isFile: option.flags.includes('<file>'),
    }))
}

/** Every flag that takes a value, so that a shell does not take the value for a command. */
export function flagsWithValue({ commands, options }: CommandTree): string[] {
  const all = [...options, ...commands.flatMap((command) => command.options)]
  const flags = all.flatMap((option) => (option.hasValue ? option.flags : []))
  return [...new Set(flags)].toSorted()
}
