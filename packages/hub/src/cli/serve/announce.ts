import { styleText } from 'node:util'
import type { Logger } from '../../platform/logger.ts'
import type { FirstAdmin } from './first-admin.ts'
import type { FirstKey } from './first-key.ts'

/** Where a hub that starts speaks: on a terminal in lines for people, elsewhere in the log. */
export interface Voice {
  readonly stdout: NodeJS.WriteStream
  readonly log: Logger
  readonly env: NodeJS.ProcessEnv
}

/** What there is to say when the hub is ready. */
export interface Ready {
  readonly version: string
  readonly url: string
  readonly database: string
}

export function announceReady(voice: Voice, { version, url, database }: Ready): void {
  if (!voice.stdout.isTTY) {
    voice.log.info({ url, version, database }, 'ready')
    return
  }
  const lines = [
    '',
    strong(voice, `Backhaul ${version} is ready on ${url}`),
    '',
    `  Console    ${url}/`,
    `  API        ${url}/api/v1`,
    `  Database   ${database}`,
    '',
    '  Next       backhaul doctor               looks at everything that the hub needs',
    '             backhaul connection create    connects a system',
    '  Stop       Ctrl-C',
    '',
    '',
  ]
  voice.stdout.write(lines.join('\n'))
}

/** Says where the first key is, and on a terminal the key itself, this once: it is stored nowhere but in its file. */
export function announceFirstKey(voice: Voice, { key, file, expiresAt }: FirstKey): void {
  const { stdout, log } = voice
  if (!stdout.isTTY) {
    // What is no terminal is a log, and logs are kept and passed on: the key stays in its file.
    log.warn(
      { file, expiresAt },
      'a first administrator’s key is in this file: keep it, and delete the file',
    )
    return
  }
  const lines = [
    '',
    `  First key  ${strong(voice, key)}`,
    `             An administrator’s, good until ${expiresAt.toISOString().slice(0, 10)}. It is shown this once.`,
    `             It is also in ${file}: delete that file as soon as you have kept the key.`,
    '',
    '',
  ]
  stdout.write(lines.join('\n'))
}

/** Says how to sign in to the console, as `announceFirstKey` does: on a terminal with the password, this once. */
export function announceFirstAdmin(voice: Voice, { email, password, file }: FirstAdmin): void {
  const { stdout, log } = voice
  if (!stdout.isTTY) {
    log.warn(
      { file },
      `sign in to the console as ${email} with the password in this file, choose another, and delete the file`,
    )
    return
  }
  const lines = [
    `  Sign in    ${strong(voice, email)}  ${strong(voice, password)}`,
    '             To the console, this once: you will choose a password of your own.',
    `             It is also in ${file}: delete that file as soon as you have signed in.`,
    '',
    '',
  ]
  stdout.write(lines.join('\n'))
}

function strong({ env }: Voice, text: string): string {
  return env['NO_COLOR'] ? text : styleText('bold', text)
}
