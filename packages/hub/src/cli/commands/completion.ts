import { Argument, type Command } from 'commander'
import type { Actions, Handler } from '../action.ts'
import { bashScript } from '../completion/bash.ts'
import { commandTree } from '../completion/command-tree.ts'
import { fishScript } from '../completion/fish.ts'
import { zshScript } from '../completion/zsh.ts'

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const

type Shell = keyof typeof scripts

export function addCompletionCommand(program: Command, actions: Actions): void {
  const run: Handler<object> = async (session, { args }) => {
    const script = scripts[args[0] as Shell](program.name(), commandTree(program))
    session.show({ script }, () => script.trimEnd())
  }
  program
    .command('completion')
    .description('Print a script by which a shell completes commands and options.')
    .addArgument(new Argument('<shell>', 'which').choices(Object.keys(scripts)))
    .action(actions.run(run))
}
