import { createHash } from 'node:crypto'

/** The last news that a ticket or an order was told: what it holds, so that news are told once, and older ones not at all. */
export interface Told {
  /** How far the return had come. */
  readonly version: number
  /** Names the command, in short: people see it on messages. */
  readonly mark: string
  /** Where the return stood. */
  readonly headline: string
}

interface News {
  readonly command: { readonly caseVersion: number; readonly body: { readonly headline: string } }
  readonly idempotencyKey: string
}

export function toldBy({ command, idempotencyKey }: News): Told {
  const mark = createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 12)
  return { version: command.caseVersion, mark, headline: command.body.headline }
}

/** As the ticket holds it. */
export function writeTold({ version, mark, headline }: Told): string {
  return `${version} ${mark} ${headline}`
}

/** Null for a field that is empty, or that somebody has written something else into. */
export function readTold(text: string | null | undefined): Told | null {
  const [, version, mark, headline] = /^(\d{1,9}) ([0-9a-f]{12}) (\S+)$/.exec(text ?? '') ?? []
  if (version === undefined || mark === undefined || headline === undefined) return null
  return { version: Number(version), mark, headline }
}

/** Whether a ticket has been told this, or what came after it. */
export function isOldNews(last: Told | null, own: Told): boolean {
  return last !== null && (last.version > own.version || last.mark === own.mark)
}
