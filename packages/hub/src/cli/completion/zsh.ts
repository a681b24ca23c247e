import { type CommandTree, flagsWithValue, type TreeNode, type TreeOption } from './command-tree.ts'

/** A completion script for zsh. */
export function zshScript(name: string, tree: CommandTree): string {
  const fn = `_${name.replaceAll(/[^a-z0-9]/gi, '_')}`
  return `#compdef ${name}
# Completion of ${name} for zsh. Load it with: source <(${name} completion zsh)
${fn}() {
  local command="" word="" skip="" previous="\${words[CURRENT-1]}"
  local -a found
  integer i
  for ((i = 2; i < CURRENT; i++)); do
    word="\${words[i]}"
    if [[ -n "$skip" ]]; then
      skip=""
      continue
    fi
    case "$word" in
      (${flagsWithValue(tree).join('|')}) skip=1 ;;
      (-*) ;;
      (*) command="\${command:+$command }$word" ;;
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
if [[ "\${funcstack[1]}" == "${fn}" ]]; then
  ${fn} "$@"
else
  compdef ${fn} ${name}
fi
`
}

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
  const given = `      (${patterns.join(' | ')})`
  if (isFile) return [`${given} _files ;;`]
  return choices.length === 0 ? [] : [`${given} compadd -- ${choices.join(' ')} ;;`]
}

function wordCase(node: TreeNode, global: readonly TreeOption[]): string {
  const { path, commands, choices } = node
  const pattern = commands.length > 0 ? `("${path}")` : `("${path}" | "${path} "*)`
  const described = [
    ...commands.map((command) => quoted(command.name, command.description)),
    ...choices.map((choice) => quoted(choice, '')),
  ]
  const flags = [...node.options, ...global].flatMap((option) => flagWords(option))
  return `    ${pattern}
      found=(${described.join(' ')})
      (( \${#found} )) && _describe -t commands command found
      found=(${flags.join(' ')})
      _describe -o -t options option found
      ;;`
}

function flagWords({ flags, description }: TreeOption): string[] {
  return flags.map((flag) => quoted(flag, description))
}

/** `'name:what it does'`, in which a colon and a quote would mean something else. */
function quoted(name: string, description: string): string {
  const text = description.replaceAll(/['\\]/g, '’').replaceAll('`', '')
  return description === '' ? `'${name}'` : `'${name}:${text}'`
}
