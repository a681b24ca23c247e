import {
  axes,
  axisStates,
  caseKinds,
  channels,
  currencyCode,
  dispositionCodes,
  dockConditions,
  itemGrades,
  reasonCodes,
  resolutions,
  responseCodes,
  settlementMethods,
} from '@backhaul/sdk/canonical'

/** One list of words: what it is about, and what its words can mean. */
export interface Vocabulary {
  readonly title: string
  /** Each canonical value with its title; null where any text can be one. */
  readonly values: ReadonlyMap<string, string> | null
}

/** Every vocabulary that a mapping document can look words up in. */
export const vocabularies = {
  reason: closed('Reason of a return', titlesIn(reasonCodes)),
  disposition: closed('What happens to returned units', titlesIn(dispositionCodes)),
  status: closed('State of an axis, as axis:state', statusTitles()),
  response: closed('Answer to a request', titlesIn(responseCodes)),
  kind: closed('Kind of a case', titlesOf(caseKinds)),
  resolution: closed('What the customer gets', titlesOf(resolutions)),
  condition: closed('Condition at the dock', titlesOf(dockConditions)),
  grade: closed('Grade of an inspected unit', titlesOf(itemGrades)),
  method: closed('How a credit is settled', titlesOf(settlementMethods)),
  channel: closed('Channel that a return came by', titlesOf(channels)),
  carrier: open('Carrier'),
  warehouse: open('Warehouse'),
  unit: open('Unit of measure'),
  tax: open('Tax code'),
  currency: open('Currency'),
  company: open('Company'),
} as const satisfies Record<string, Vocabulary>

export type VocabularyName = keyof typeof vocabularies

export const vocabularyNames = Object.keys(vocabularies) as [VocabularyName, ...VocabularyName[]]

export function isVocabulary(name: string): name is VocabularyName {
  return Object.hasOwn(vocabularies, name)
}

/**
 * What a word means that is one of ours already: a canonical value written as it is, a unit by its code of
 * UN/ECE Recommendation 20 or as people write it, a currency by its code of ISO 4217.
 */
export function ownWord(vocabulary: string, value: string): string | null {
  const word = cleanWord(value)
  if (vocabulary === 'unit') return units.get(word.toLowerCase()) ?? null
  if (vocabulary === 'currency') return currencyCode.safeParse(word).success ? word : null
  if (!isVocabulary(vocabulary)) return null
  return vocabularies[vocabulary].values?.has(word) === true ? word : null
}

// biome-ignore format: a table
const unitWords: Readonly<Record<string, readonly string[]>> = {
  EA: ['ea', 'each', 'pce', 'pcs', 'pc', 'piece', 'pieces', 'c62', 'h87', 'unit', 'units', 'stk'],
  DZN: ['dzn', 'dozen'],
  PR: ['pr', 'pair'],
  SET: ['set'],
  BX: ['bx', 'box'],
  CT: ['ct', 'carton'],
  CS: ['cs', 'case'],
  PK: ['pk', 'pack'],
  PF: ['pf', 'pallet'],
  KGM: ['kgm', 'kg'],
  GRM: ['grm', 'g'],
  LBR: ['lbr', 'lb'],
  MTR: ['mtr', 'm'],
  LTR: ['ltr', 'l'],
}
const units: ReadonlyMap<string, string> = new Map(
  Object.entries(unitWords).flatMap(([unit, words]) => words.map((word) => [word, unit] as const)),
)

/** How many characters of a word count: longer texts are compared, and kept, by their beginning. */
export const maxWordLength = 200
/** Normalizing makes a text longer or shorter, but never out of more than this. */
const readLength = 4 * maxWordLength

/** Printable ASCII with single blanks inside, as most words are: nothing is to be done to it. */
const plainWord = /^[!-~]+(?: [!-~]+)*$/

/**
 * A word as it is kept: in one form of Unicode, without blanks around it, one blank between its parts, and
 * nothing in it that a database or a terminal chokes on.
 */
export function cleanWord(value: string): string {
  if (value.length <= maxWordLength && plainWord.test(value)) return value
  const text = value
    .trimStart()
    .slice(0, readLength)
    .normalize('NFC')
    .replaceAll(/\p{Surrogate}/gu, '\uFFFD')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  return cut(text)
}

/** A word as words are compared: two that differ in case or blanks only are the same. */
export function wordKey(value: string): string {
  return cut(cleanWord(value).toLowerCase())
}

function cut(text: string): string {
  if (text.length <= maxWordLength) return text
  const head = text.slice(0, maxWordLength)
  // Half of a character is none.
  return (/[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head).trimEnd()
}

function closed(title: string, values: ReadonlyMap<string, string>): Vocabulary {
  return { title, values }
}

function open(title: string): Vocabulary {
  return { title, values: null }
}

function titlesIn(
  table: Readonly<Record<string, { readonly title: string }>>,
): Map<string, string> {
  return new Map(Object.entries(table).map(([value, { title }]) => [value, title]))
}

function titlesOf(values: readonly string[]): Map<string, string> {
  return new Map(values.map((value) => [value, inWords(value)]))
}

function statusTitles(): Map<string, string> {
  return new Map(
    axes.flatMap((axis) =>
      axisStates[axis].map((state) => [`${axis}:${state}`, inWords(`${axis} ${state}`)]),
    ),
  )
}

/** `supplierRecovery written_off` as `Supplier recovery written off`. */
function inWords(value: string): string {
  const text = value
    .replaceAll('_', ' ')
    .replaceAll(/([a-z])([A-Z])/g, (_all, a: string, b: string) => `${a} ${b.toLowerCase()}`)
  return text.charAt(0).toUpperCase() + text.slice(1)
}
