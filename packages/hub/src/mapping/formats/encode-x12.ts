import { FormatError } from './format-problem.ts'
import { isList, isObject, type Plain, type PlainObject } from './plain-data.ts'
import type { TargetFormatOf } from './target-format.ts'
import { groupHeader, interchangeHeader } from './x12-envelope.ts'
import { X12Writer } from './x12-writer.ts'

/**
 * Writes `{ interchange, transactions }` as one interchange, as `decodeX12` reads it. What stands in it is
 * counted here; numbers and times are the value's, since nothing here knows what was sent before:
 *
 * - `interchange`: `sender`, `receiver`, `controlNumber`, `date` (yymmdd), `time` (hhmm); and if need be
 *   `senderQualifier`, `receiverQualifier` (ZZ), `version` (00401), `usage` (P).
 * - `transactions`: one, or a list of them: `set`, and if need be `controlNumber` (0001 and on) and `group`
 *   (`functionalId`, `sender`, `receiver`, `date`, `time`, `controlNumber`, `version`). Transactions with the
 *   same group that follow one another share it.
 * - In a transaction `segments`, in order; or segments by tag, one or a list, in the order of the keys. There
 *   a segment may hold others by their tags, which follow it: `BLI: [{ e01: '1', N9: { e01: 'RZ' } }]`.
 *
 * @throws {FormatError} for what is missing, or holds a separator, which X12 cannot escape.
 */
export function encodeX12(value: Plain, options: TargetFormatOf<'x12'>): string {
  if (!isObject(value)) throw new FormatError('X12 is written from an object')
  const transactions = listOf(value['transactions'])
  if (transactions.length === 0) throw new FormatError('there is no transaction to write')
  const interchange = interchangeHeader(value['interchange'])
  const writer = new X12Writer(options, interchange.version)
  writer.writeInterchangeHeader(interchange)
  const groups = groupsOf(transactions.map((one) => [groupHeader(one, interchange), one]))
  for (const { header, members } of groups) {
    writer.write('GS', header.elements)
    for (const [index, transaction] of members.entries()) writeSet(writer, transaction, index + 1)
    writer.write('GE', [String(members.length), header.controlNumber])
  }
  writer.write('IEA', [String(groups.length), interchange.controlNumber])
  return writer.end()
}

function writeSet(writer: X12Writer, transaction: PlainObject, place: number): void {
  const { set, controlNumber } = transaction
  const number = typeof controlNumber === 'string' ? controlNumber : String(place).padStart(4, '0')
  if (typeof set !== 'string' || !/^\d{3}$/.test(set) || !/^[0-9A-Z]{4,9}$/.test(number))
    throw new FormatError('a transaction needs a set such as 180, and a number of 4 to 9 digits')
  const before = writer.count
  writer.write('ST', [set, number])
  if (transaction['segments'] === undefined) writer.writeByTag(transaction)
  else for (const segment of listOf(transaction['segments'])) writer.writeFlat(segment)
  writer.write('SE', [String(writer.count - before + 1), number])
}

type Group = ReturnType<typeof groupHeader>

function groupsOf(pairs: readonly (readonly [Group, PlainObject])[]) {
  const groups: { header: Group; members: PlainObject[] }[] = []
  for (const [header, transaction] of pairs) {
    const last = groups.at(-1)
    const isSame = last?.header.elements.join('\0') === header.elements.join('\0')
    if (last !== undefined && isSame) last.members.push(transaction)
    else groups.push({ header, members: [transaction] })
  }
  return groups
}

/** One object, or a list of them. */
function listOf(value: Plain | undefined): readonly PlainObject[] {
  const list = isList(value) ? value : isObject(value) ? [value] : []
  if (!list.every(isObject)) throw new FormatError('an object is expected in the list')
  return list
}
