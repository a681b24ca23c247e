import { type CommandTree, flagsWithValue, type TreeNode, type TreeOption } from './command-tree.ts'

/** A completion script for fish. */
export function fishScript(name: string, tree: CommandTree): string {
  const words = `__${name.replaceAll(/[^a-z0-9]/gi, '_')}`
  return `# Completion of ${name} for fish. Load it with: ${name} completion fish | source
function ${words}_command
  set -l command
  set -l skip 0
  for word in (commandline -opc)[2..-1]
    if test $skip -eq 1
      set skip 0
      continue
    end
    switch $word
      case ${flagsWithValue(tree).map(quoted).join(' ')}
        set skip 1
      case '-*'
      case '*'
        set -a command $word
    end
  end
  echo "$command"
end
function ${words}_is
  test (${words}_command) = "$argv"
end
function ${words}_in
  set -l command (${words}_command)
  test "$command" = "$argv"; or string match -q -- "$argv *" "$command"
end
complete -c ${name} -f
${tree.options.map((option) => `complete -c ${name} ${optionWords(option)}`).join('\n')}
${tree.commands.flatMap((node) => lines(name, words, node)).join('\n')}
`
}

function lines(name: string, words: string, node: TreeNode): string[] {
  const { path, commands, options, choices } = node
  const exact = `-n "${words}_is ${path}"`
  const within = commands.length > 0 ? exact : `-n "${words}_in ${path}"`
  return [
    ...commands.map(
      (command) =>
        `complete -c ${name} ${exact} -a ${command.name} -d ${quoted(command.description)}`,
    ),
    ...(choices.length === 0
      ? []
      : [`complete -c ${name} ${exact} -a ${quoted(choices.join(' '))}`]),
    ...options.map((option) => `complete -c ${name} ${within} ${optionWords(option)}`),
  ]
}

function optionWords({ flags, description, hasValue, choices, isFile }: TreeOption): string {
  const names = flags.map((flag) =>
    flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
  )
  const value = hasValue ? [isFile ? '-r -F' : '-x'] : []
  const given = choices.length === 0 ? [] : [`-a ${quoted(choices.join(' '))}`]
  return [...names, ...value, ...given, `-d ${quoted(description)}`].join(' ')
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '’')}'`
}
