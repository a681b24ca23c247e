import { type CommandTree, flagsWithValue, type TreeNode, type TreeOption } from './command-tree.ts'

/** A completion script for bash. */
export function bashScript(name: string, tree: CommandTree): string {
  const fn = `_${name.replaceAll(/[^a-z0-9]/gi, '_')}`
  return `# Completion of ${name} for bash. Load it with: source <(${name} completion bash)
${fn}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local command="" word="" i skip=""
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if [[ -n "$skip" ]]; then
      skip=""
      continue
    fi
    case "$word" in
      ${flagsWithValue(tree).join('|')}) skip=1 ;;
      -*) ;;
      *) command="\${command:+$command }$word" ;;
    esac
  done
  if [[ -n "$skip" ]]; then
    case "$command $previous" in
${valueCases(tree).join('\n')}
    esac
    return
  fi
  case "$command" in
${tree.commands.map((node) => wordCase(node, tree.options)).join('\n')}
  esac
}
complete -F ${fn} ${name}
`
}

/** What can follow a flag that takes a value. Between a command and its flag its arguments may stand. */
function valueCases({ commands, options }: CommandTree): string[] {
  const own = commands.flatMap(({ path, options: flags }) =>
    flags.flatMap((option) => {
      const patterns = option.flags.flatMap((flag) => [
        `"${path} ${flag}"`,
        `"${path} "*" ${flag}"`,
      ])
      return valueCase(option, patterns)
    }),
  )
  return [
    ...own,
    ...options.flatMap((option) =>
      valueCase(
        option,
        option.flags.map((flag) => `*" ${flag}"`),
      ),
    ),
  ]
}

function valueCase({ choices, isFile }: TreeOption, patterns: readonly string[]): string[] {
  const given = `      ${patterns.join(' | ')})`
  if (isFile) return [`${given} COMPREPLY=($(compgen -f -- "$current")) ;;`]
  return choices.length === 0 ? [] : [`${given} ${reply(choices)} ;;`]
}

function wordCase(node: TreeNode, global: readonly TreeOption[]): string {
  const { path, commands, choices } = node
  const flags = [...node.options, ...global].flatMap((option) => option.flags)
  const words = [...commands.map((command) => command.name), ...choices, ...flags]
  // A group has no arguments, so that only its own name leads to it.
  const pattern = commands.length > 0 ? `"${path}"` : `"${path}" | "${path} "*`
  return `    ${pattern}) ${reply(words)} ;;`
}

function reply(words: readonly string[]): string {
  return `COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$current"))`
}
