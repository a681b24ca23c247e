import { valueKey } from '../mapping/identifiers.ts'
import type { Found, PartyWords, ProductWords, WordScope, Words } from '../mapping/words.ts'
import type { Pool } from '../store/database.ts'
import { readHeads } from '../store/master-data/row-texts.ts'
import type { IdentifiedKind } from '../store/master-data/tables.ts'
import type { UnknownIdentifier } from '../store/master-data/unknowns.ts'
import { RememberedRows, type RowEntries } from './remembered-rows.ts'

/** A look-up that found nothing in memory: `scope` is the connection that asked. */
type MasterDataLookup = UnknownIdentifier

/**
 * Products and parties in memory, as mapping looks them up.
 *
 * A process keeps all of them as long as they are no more than it is told to keep; then an answer holds
 * as of the last `refresh`. Where there are more it keeps those that are asked for, and what it does not
 * have looks unknown: whoever works through messages then takes the misses, loads them, and asks again.
 */
export interface MasterData
  extends Pick<Words, 'product' | 'party' | 'packRatio' | 'knowsProducts' | 'knowsParties'> {
  /** Reads what was written since the last time. @returns whether there was anything. */
  readonly refresh: () => Promise<boolean>
  /** Makes look-ups answer from what the database holds now. Good for `takeMisses`, and before a batch. */
  readonly prefetch: (lookups: readonly MasterDataLookup[]) => Promise<void>
  /** Look-ups that found nothing since the last call, each once; at most 10,000. */
  readonly takeMisses: () => MasterDataLookup[]
  /** What is in memory, for those who look after it. */
  readonly figures: () => Readonly<Record<IdentifiedKind, MemoryFigures>>
}

interface MemoryFigures {
  readonly rows: number
  readonly bytes: number
  /** Only what was asked for is there. */
  readonly isPartial: boolean
}

const maxMisses = 10_000
const maxCandidates = 20

/** @param options.limit - rows of each kind that are kept at most. */
export function createMasterData(options: {
  readonly pool: Pool
  readonly limit: number
}): MasterData {
  const { pool, limit } = options
  const products = new RememberedRows('products', limit)
  const parties = new RememberedRows('parties', limit)
  const isSynced = { products: false, parties: false }
  const misses = createMisses()
  let last: Promise<unknown> = Promise.resolve()

  /** One after the other, so that no older reading comes after a newer one. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = last.then(work, work)
    last = next
    return next
  }

  async function refresh(): Promise<boolean> {
    const heads = await readHeads(pool)
    const hasProducts = await products.refresh(pool, heads.products)
    isSynced.products = heads.products.isSynced
    const hasParties = await parties.refresh(pool, heads.parties)
    isSynced.parties = heads.parties.isSynced
    return hasProducts || hasParties
  }

  async function load(lookups: readonly MasterDataLookup[]): Promise<void> {
    await refresh()
    const isOf = (object: string) => lookups.filter((lookup) => lookup.object === object)
    if (products.isPartial) await products.load(pool, isOf('product'))
    if (parties.isPartial) await parties.load(pool, isOf('party'))
  }

  function look<T extends ProductWords | PartyWords>(
    { sought, value, scope }: Asked,
    read: (row: RowEntries) => T,
  ): Found<T> {
    const { object, kind } = sought
    const key = valueKey(kind, value)
    if (key === null) return unknown
    const lookup = { object, kind, valueKey: key, scope: scope.connectionId }
    const rows = (object === 'product' ? products : parties).find(lookup) ?? []
    const found = answer(rows, lookup, read)
    if (found.kind === 'unknown') misses.note(lookup)
    return found
  }

  return {
    product: (kind, value, scope) =>
      look({ sought: { object: 'product', kind }, value, scope }, readProduct),
    party: (kind, value, scope) =>
      look({ sought: { object: 'party', kind }, value, scope }, readParty),
    packRatio(productId, unit) {
      if (productId === null) return null
      const lookup = { object: 'product', kind: 'id', valueKey: productId, scope: '' } as const
      const [row] = products.find(lookup) ?? []
      if (row !== undefined) return ratioOf(row, unit.toLowerCase())
      misses.note(lookup)
      return null
    },
    get knowsProducts() {
      return isSynced.products
    },
    get knowsParties() {
      return isSynced.parties
    },
    refresh: () => inTurn(refresh),
    prefetch: (lookups) => (lookups.length === 0 ? Promise.resolve() : inTurn(() => load(lookups))),
    takeMisses: () => misses.take(),
    figures: () => ({ products: figuresOf(products), parties: figuresOf(parties) }),
  }
}

interface Asked {
  readonly sought: Pick<MasterDataLookup, 'object' | 'kind'>
  readonly value: string
  readonly scope: WordScope
}

function figuresOf({ size, bytes, isPartial }: RememberedRows): MemoryFigures {
  return { rows: size, bytes, isPartial }
}

function createMisses() {
  const noted = new Map<string, MasterDataLookup>()
  return {
    note(lookup: MasterDataLookup): void {
      if (noted.size >= maxMisses) return
      const { object, kind, valueKey: key, scope } = lookup
      noted.set(JSON.stringify([object, kind, key, scope]), lookup)
    },
    take(): MasterDataLookup[] {
      const taken = [...noted.values()]
      noted.clear()
      return taken
    },
  }
}

const unknown = { kind: 'unknown' } as const

/**
 * Whom an identifier names: first within the connection that says it, then everywhere. A customer's part
 * number that neither leads anywhere is looked for among all customers, since the message need not say whose
 * it is. Whoever is active goes before all who are not.
 */
function answer<T extends ProductWords | PartyWords>(
  rows: readonly RowEntries[],
  sought: MasterDataLookup,
  read: (row: RowEntries) => T,
): Found<T> {
  if (rows.length === 0) return unknown
  const tag = `@${sought.kind}`
  const within = (wanted: string) =>
    rows.filter((row) =>
      row.some(
        (entry) => entry.tag === tag && entry.value === sought.valueKey && entry.scope === wanted,
      ),
    )
  const own = within(sought.scope)
  const named = own.length > 0 ? own : within('')
  const isAnyones = named.length === 0 && sought.kind === 'customer_part_no'
  return decide(isAnyones ? rows : named, read)
}

function decide<T extends ProductWords | PartyWords>(
  rows: readonly RowEntries[],
  read: (row: RowEntries) => T,
): Found<T> {
  const active = rows.filter((row) => !row.some(({ tag }) => tag === 'gone'))
  const meant = active.length > 0 ? active : rows
  const [first] = meant
  if (first === undefined) return unknown
  if (meant.length === 1) return { kind: 'found', value: read(first) }
  const ids = meant.map((row) => valueOf(row, '@id') ?? '')
  return { kind: 'ambiguous', candidates: ids.toSorted().slice(0, maxCandidates) }
}

function readProduct(row: RowEntries): ProductWords {
  return {
    productId: valueOf(row, '@id') ?? '',
    sku: valueOf(row, 'sku'),
    gtin: valueOf(row, 'gtin'),
    name: valueOf(row, 'name'),
    baseUnit: valueOf(row, 'unit') ?? 'EA',
    supersededBy: valueOf(row, 'superseded'),
    category: valueOf(row, 'category'),
    tags: row.filter(({ tag }) => tag === 'tag').map(({ value }) => value),
  }
}

function readParty(row: RowEntries): PartyWords {
  return {
    partyId: valueOf(row, '@id') ?? '',
    commercialPartyId: valueOf(row, 'commercial'),
    name: valueOf(row, 'name'),
  }
}

function valueOf(row: RowEntries, tag: string): string | null {
  return row.find((entry) => entry.tag === tag)?.value ?? null
}

/** @param unit - in lower case. */
function ratioOf(row: RowEntries, unit: string): string | null {
  const known = row.find(({ tag, scope }) => tag === 'ratio' && scope === unit)
  if (known !== undefined) return known.value
  return valueOf(row, 'unit')?.toLowerCase() === unit ? '1' : null
}
