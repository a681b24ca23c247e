/** What a command's exit code says. Scripts rely on it: a number never changes its meaning. */
export const exitCodes = {
  ok: 0,
  /** It failed, for a reason that has no code of its own. */
  error: 1,
  /** The command line, the configuration or the input is wrong. */
  usage: 2,
  notFound: 3,
  /** A credential is missing or wrong, or does not allow this. */
  auth: 4,
  /** The object is in a state that does not allow this, or has changed. */
  conflict: 5,
  /** The database, or the system behind a connection, does not answer. Trying again may help. */
  unavailable: 6,
  /** Some of it was done, and some was not. */
  partial: 7,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
