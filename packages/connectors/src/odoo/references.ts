import { createHash } from 'node:crypto'
import type { Config } from './config.ts'

/** What a step of a return is called in Odoo: the external ids that make it one, and the texts that people read. */

const plain = /^[A-Za-z0-9_-]{1,60}$/
const digestLength = 20

/**
 * The external id of something that the hub creates for a return: `backhaul.RMA-000123-7-return-line1`. An id
 * belongs to one record over all models, so every kind of record has its own words.
 *
 * @param parts - ids of any form; one that Odoo would refuse is replaced by a digest of it.
 */
export function externalId(
  { prefix }: Pick<Config, 'prefix'>,
  caseNo: string,
  ...parts: readonly (string | number)[]
): string {
  return `${prefix}.${[caseNo, ...parts].map((part) => nameOf(String(part))).join('-')}`
}

function nameOf(part: string): string {
  if (plain.test(part)) return part
  return `h${createHash('sha256').update(part).digest('hex').slice(0, digestLength)}`
}

/** The source document of a line's move: it survives when a transfer is split, and says which line it is. */
export function lineOrigin(caseNo: string, lineNo: number): string {
  return `${caseNo}:${lineNo}`
}

/** A return transfer's source document: the case, and the receipt that has been counted into it. */
export function transferOrigin(caseNo: string, receiptId: string | null = null): string {
  return receiptId === null ? caseNo : `${caseNo}/${receiptId}`
}

/** The customer reference of a credit note. */
export function creditReference(caseNo: string, creditId: string): string {
  return `${caseNo}/${creditId}`
}

export interface Reference {
  readonly caseNo: string
  /** Line number of a move, or the id of a receipt, credit or other step; null for none. */
  readonly step: string | null
}

const pattern = /^(RMA-\d{6,15}-\d)(?:[:/](.+))?$/

/** Reads what the functions above wrote; null for a text that is not ours. */
export function parseReference(text: string | null): Reference | null {
  const match = pattern.exec(text?.trim() ?? '')
  return match?.[1] === undefined ? null : { caseNo: match[1], step: match[2] ?? null }
}
