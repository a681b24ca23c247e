import type { Command } from 'commander'
import type { CliContext, GlobalOptions } from './context.ts'
import { exitCodes } from './exit-code.ts'
import { createSession, type Session } from './session.ts'

/** What a command was given. `Options` are its own. */
interface Given<Options> {
  readonly args: readonly string[]
  readonly options: Options
}

/** Runs a command. What it returns is the exit code; nothing means that all is well. */
export type Handler<Options> = (
  session: Session,
  given: Given<Options>,
) => Promise<number | undefined> | Promise<void>

/** Makes handlers into commander's actions, and keeps the exit code of the one that ran. */
export class Actions {
  readonly #context: CliContext
  exitCode: number = exitCodes.ok

  constructor(context: CliContext) {
    this.#context = context
  }

  run<Options = object>(handler: Handler<Options>): (...params: unknown[]) => Promise<void> {
    return async (...params) => {
      const command = params.at(-1) as Command
      const session = createSession(this.#context, command.optsWithGlobals<GlobalOptions>())
      const args = command.processedArgs.map((arg: unknown) => arg as string)
      const options = command.opts() as Options
      const code = await handler(session, { args, options })
      this.exitCode = code ?? exitCodes.ok
    }
  }
}
