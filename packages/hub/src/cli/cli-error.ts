import { type ExitCode, exitCodes } from './exit-code.ts'

/** Something that the command line itself refuses. The message is one sentence that says what to do. */
export class CliError extends Error {
  override readonly name = 'CliError'
  /** Tells it apart for scripts, like the codes of a HubError. */
  readonly code: string
  readonly exitCode: ExitCode

  constructor(
    exit: keyof typeof exitCodes,
    message: string,
    options: { readonly code?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.exitCode = exitCodes[exit]
    this.code = options.code ?? exit.toUpperCase()
  }
}
