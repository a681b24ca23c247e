import { FormatError } from './format-problem.ts'
import { isObject, type Plain, type PlainObject, textOf } from './plain-data.ts'

/** The functional group that a transaction set belongs into (X12 element 479). */
const functionalIds: Readonly<Record<string, string>> = {
  '180': 'AN',
  '810': 'IN',
  '812': 'CD',
  '820': 'RA',
  '824': 'AG',
  '846': 'IB',
  '850': 'PO',
  '855': 'PR',
  '856': 'SH',
  '861': 'RC',
  '940': 'OW',
  '943': 'AR',
  '944': 'RE',
  '945': 'SW',
  '997': 'FA',
}

export interface InterchangeHeader {
  readonly sender: string
  readonly receiver: string
  readonly senderQualifier: string
  readonly receiverQualifier: string
  /** yymmdd */
  readonly date: string
  /** hhmm */
  readonly time: string
  readonly version: string
  readonly controlNumber: string
  readonly usage: string
}

/** @throws {FormatError} naming the field that is missing or does not fit. */
export function interchangeHeader(value: Plain | undefined): InterchangeHeader {
  const given = isObject(value) ? value : {}
  const read = (name: string, pattern: RegExp, fallback?: string) =>
    field({ given, name: `interchange.${name}`, pattern, fallback })
  return {
    sender: read('sender', /^.{1,15}$/),
    receiver: read('receiver', /^.{1,15}$/),
    senderQualifier: read('senderQualifier', /^[0-9A-Z]{2}$/, 'ZZ'),
    receiverQualifier: read('receiverQualifier', /^[0-9A-Z]{2}$/, 'ZZ'),
    date: read('date', /^\d{6}$/),
    time: read('time', /^\d{4}$/),
    version: read('version', /^\d{5}$/, '00401'),
    controlNumber: read('controlNumber', /^\d{1,9}$/).padStart(9, '0'),
    usage: read('usage', /^[IPT]$/, 'P'),
  }
}

/** Elements of the GS segment for a transaction. @throws {FormatError} as above. */
export function groupHeader(
  { set, group }: PlainObject,
  interchange: InterchangeHeader,
): { readonly elements: readonly string[]; readonly controlNumber: string } {
  const given = isObject(group) ? group : {}
  const read = (name: string, pattern: RegExp, fallback?: string) =>
    field({ given, name: `group.${name}`, pattern, fallback })
  const usual = typeof set === 'string' && Object.hasOwn(functionalIds, set) ? set : ''
  const controlNumber = read(
    'controlNumber',
    /^\d{1,9}$/,
    String(Number(interchange.controlNumber)),
  )
  const elements = [
    read('functionalId', /^[A-Z]{2}$/, functionalIds[usual]),
    read('sender', /^.{2,15}$/, interchange.sender),
    read('receiver', /^.{2,15}$/, interchange.receiver),
    read('date', /^(?:\d{6}|\d{8})$/, `20${interchange.date}`),
    read('time', /^\d{4,8}$/, interchange.time),
    controlNumber,
    'X',
    read('version', /^[0-9A-Z]{1,12}$/, `${interchange.version}0`),
  ]
  return { elements, controlNumber }
}

function field(asked: {
  given: PlainObject
  /** With the object that it belongs to in front. */
  name: string
  pattern: RegExp
  fallback: string | undefined
}): string {
  const { given, name, pattern, fallback } = asked
  const key = name.slice(name.indexOf('.') + 1)
  const text = textOf(Object.hasOwn(given, key) ? given[key] : undefined) || fallback
  if (text === undefined || !pattern.test(text))
    throw new FormatError(`${name} is missing, or not of the form that X12 has for it`)
  return text
}
