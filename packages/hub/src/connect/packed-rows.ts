import { randomInt } from 'node:crypto'

const chunkBytes = 1 << 20
const empty = 0
const deleted = 0xffff_ffff
/** Below this, what deleted rows leave behind is not worth moving the others for. */
const minGarbageBytes = 4 * chunkBytes

/** A row's place in the chunks. Its number stays the same while it is there. */
export type RowNumber = number

/**
 * Texts of rows, and an index from keys to rows, outside of the heap of JavaScript: hundreds of thousands of
 * rows as objects and strings would cost several times the memory, and every full collection of garbage would
 * have to look at each of them.
 *
 * Texts lie one behind the other in chunks of 1 MiB. The index is a table with open addressing that holds
 * hashes and row numbers and no keys, so a row that is found has to be compared with what was looked for.
 */
export class PackedRows {
  readonly #seed = randomInt(0x7fff_ffff)
  #chunks: Buffer[] = []
  /** Where the next text goes. */
  #end = 0
  #liveBytes = 0
  /** Of each row: its place over all chunks, and its length; a free row has none. */
  #places = new Uint32Array(1024)
  #lengths = new Uint32Array(1024)
  #rowCount = 0
  #freeRows: RowNumber[] = []
  #hashes = new Uint32Array(4096)
  /** Row number + 1. */
  #slots = new Uint32Array(4096)
  /** Slots that are not empty. */
  #taken = 0

  /** Rows that are there. */
  get size(): number {
    return this.#rowCount - this.#freeRows.length
  }

  /** One above the highest row number there ever was. */
  get rowLimit(): number {
    return this.#rowCount
  }

  /** Memory of texts and index together. */
  get bytes(): number {
    const tables = this.#places.byteLength + this.#lengths.byteLength
    return this.#chunks.length * chunkBytes + tables + 2 * this.#slots.byteLength
  }

  /** Adds a row that is found by each of `keys`. @throws {RangeError} for a text of more than 1 MiB. */
  add(text: string, keys: Iterable<string>): RowNumber {
    const row = this.#freeRows.pop() ?? this.#newRow()
    this.#write(row, Buffer.from(text, 'utf8'))
    for (const key of keys) this.#link(this.#hash(key), row)
    return row
  }

  /** Takes a row out. `keys` are those that it was added with. */
  remove(row: RowNumber, keys: Iterable<string>): void {
    for (const key of keys) this.#unlink(this.#hash(key), row)
    this.#liveBytes -= this.#lengths[row] ?? 0
    this.#lengths[row] = 0
    this.#freeRows.push(row)
    const garbage = this.#end - this.#liveBytes
    if (garbage > minGarbageBytes && garbage > this.#liveBytes) this.#compact()
  }

  has(row: RowNumber): boolean {
    return (this.#lengths[row] ?? 0) > 0
  }

  text(row: RowNumber): string {
    return this.#bytesOf(row).toString('utf8')
  }

  /** Rows that may have been added with `key`, and a few others. */
  find(key: string): RowNumber[] {
    const hash = this.#hash(key)
    const found: RowNumber[] = []
    const mask = this.#slots.length - 1
    for (let at = hash & mask; this.#slots[at] !== empty; at = (at + 1) & mask) {
      const slot = this.#slots[at] ?? empty
      if (slot !== deleted && this.#hashes[at] === hash && !found.includes(slot - 1)) {
        found.push(slot - 1)
      }
    }
    return found
  }

  /** FNV-1a from a secret start, so that nobody can choose keys that fall together. */
  #hash(key: string): number {
    let hash = this.#seed
    for (let index = 0; index < key.length; index += 1) {
      hash = Math.imul(hash ^ key.charCodeAt(index), 0x0100_0193)
    }
    // The low bits choose the slot: mix the high ones into them.
    hash ^= hash >>> 15
    return Math.imul(hash, 0x2c1b_3c6d) >>> 0
  }

  #newRow(): RowNumber {
    const row = this.#rowCount
    if (row === this.#places.length) {
      this.#places = grown(this.#places)
      this.#lengths = grown(this.#lengths)
    }
    this.#rowCount += 1
    return row
  }

  #write(row: RowNumber, bytes: Buffer): void {
    if (bytes.length > chunkBytes) throw new RangeError('a row is larger than a chunk')
    const room = chunkBytes - (this.#end % chunkBytes)
    // No text lies in two chunks.
    if (bytes.length > room) this.#end += room
    const chunk = Math.floor(this.#end / chunkBytes)
    const target = (this.#chunks[chunk] ??= Buffer.allocUnsafeSlow(chunkBytes))
    bytes.copy(target, this.#end % chunkBytes)
    this.#places[row] = this.#end
    this.#lengths[row] = bytes.length
    this.#end += bytes.length
    this.#liveBytes += bytes.length
  }

  #bytesOf(row: RowNumber): Buffer {
    const place = this.#places[row] ?? 0
    const chunk = this.#chunks[Math.floor(place / chunkBytes)] ?? Buffer.alloc(0)
    const from = place % chunkBytes
    return chunk.subarray(from, from + (this.#lengths[row] ?? 0))
  }

  #compact(): void {
    const old = { chunks: this.#chunks, places: this.#places.slice() }
    this.#chunks = []
    this.#end = 0
    this.#liveBytes = 0
    for (let row = 0; row < this.#rowCount; row += 1) {
      const length = this.#lengths[row] ?? 0
      if (length === 0) continue
      const place = old.places[row] ?? 0
      const chunk = old.chunks[Math.floor(place / chunkBytes)] ?? Buffer.alloc(0)
      const from = place % chunkBytes
      this.#write(row, chunk.subarray(from, from + length))
    }
  }

  #link(hash: number, row: RowNumber): void {
    if (this.#taken * 10 >= this.#slots.length * 7) this.#rehash()
    const mask = this.#slots.length - 1
    let at = hash & mask
    while (this.#slots[at] !== empty) at = (at + 1) & mask
    this.#hashes[at] = hash
    this.#slots[at] = row + 1
    this.#taken += 1
  }

  #unlink(hash: number, row: RowNumber): void {
    const mask = this.#slots.length - 1
    for (let at = hash & mask; this.#slots[at] !== empty; at = (at + 1) & mask) {
      if (this.#hashes[at] !== hash || this.#slots[at] !== row + 1) continue
      this.#slots[at] = deleted
      return
    }
  }

  /** Leaves out what was deleted, and makes room where that is not enough. */
  #rehash(): void {
    const { hashes, slots } = { hashes: this.#hashes, slots: this.#slots }
    let live = 0
    for (const slot of slots) if (slot !== empty && slot !== deleted) live += 1
    const length = live * 10 >= slots.length * 4 ? slots.length * 2 : slots.length
    this.#hashes = new Uint32Array(length)
    this.#slots = new Uint32Array(length)
    this.#taken = 0
    for (const [at, slot] of slots.entries()) {
      if (slot !== empty && slot !== deleted) this.#link(hashes[at] ?? 0, slot - 1)
    }
  }
}

function grown(numbers: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(numbers.length * 2)
  larger.set(numbers)
  return larger
}
