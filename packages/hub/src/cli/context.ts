import type { Connector } from '@backhaul/sdk/connector'

/** What the command line is given by whoever starts it: everything that it may not reach for itself. */
export interface CliContext {
  /** Of the product, such as `0.1.0`. */
  readonly version: string
  readonly env: NodeJS.ProcessEnv
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly connectors: () => Promise<readonly Connector[]>
  /** The folder of the channels that come with the hub as documents. */
  readonly channelsDir: () => Promise<string>
  /** Runs the hub until it is told to stop. @returns the exit code. */
  readonly serve: (options: ServeOptions) => Promise<number>
}

export interface ServeOptions {
  /** The configuration file, where the command line names one. */
  readonly configPath: string | undefined
  /** What the command line says over file and environment, as environment variables. */
  readonly env: NodeJS.ProcessEnv
}

/** The options that every command takes. */
export interface GlobalOptions {
  readonly config?: string
  readonly json?: boolean
  readonly quiet?: boolean
  readonly yes?: boolean
  /** False with `--no-input`. */
  readonly input?: boolean
  readonly dryRun?: boolean
  /** False with `--no-color`. */
  readonly color?: boolean
}
