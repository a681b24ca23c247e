import { maxNames, maxShapes } from './limits.ts'

/**
 * Counts the different keys of a document, and the different sets of keys that its objects have. A parser
 * makes a class for each set, which costs it more than the object: a document of 1 MB with one for every
 * object takes ten times as long as one with the same keys over and over.
 */
export class JsonShapes {
  readonly #names = new Map<string, number>()
  readonly #shapes = new Set<number>()
  /** For each level that is open a digest of the keys so far. Two that collide are counted as one. */
  readonly #open: number[] = []

  key(depth: number, name: string): void {
    let id = this.#names.get(name)
    if (id === undefined) {
      id = this.#names.size + 1
      this.#names.set(name, id)
    }
    this.#open[depth] = (Math.imul(this.#open[depth] ?? 0, 31) + id) | 0
  }

  end(depth: number): void {
    const digest = this.#open[depth] ?? 0
    if (digest === 0) return
    this.#shapes.add(digest)
    this.#open[depth] = 0
  }

  get isOver(): boolean {
    return this.#names.size > maxNames || this.#shapes.size > maxShapes
  }
}
