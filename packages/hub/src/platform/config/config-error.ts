/** One thing that is wrong with the configuration. */
export type ConfigProblem = {
  /** `backhaul.yaml:3:9`, or the environment variable's name. */
  readonly where: string
  readonly message: string
}

/** The configuration cannot be used; nothing was started. Lists every problem at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(({ where, message }) => `${where}: ${message}`).join('\n'))
    this.problems = problems
  }
}
