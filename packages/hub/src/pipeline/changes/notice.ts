import type { ChangedException, ChangedReturn } from '../../store/changes.ts'

/** What has changed, as it stands now. */
export interface Changes {
  readonly returns: readonly ChangedReturn[]
  readonly exceptions: readonly Omit<ChangedException, 'mark'>[]
  /** How many dead letters came and went. */
  readonly deliveries: number
  readonly connections: readonly string[]
}

/**
 * What whoever follows the changes is told. `position` is where to go on from; after `reset` everything has to be
 * read anew, since it cannot be said, or would be too much to say, what has changed.
 */
export type Notice =
  | { readonly kind: 'ready'; readonly position: string }
  | { readonly kind: 'changes'; readonly position: string; readonly changes: Changes }
  | {
      readonly kind: 'reset'
      readonly position: string
      readonly reason: 'unknown_position' | 'too_far_behind' | 'many_changed'
    }

/** Remembers how things stood when they were last told of: of those that came last, as many as it is given room for. */
export class Marks {
  readonly #room: number
  readonly #marks = new Map<string, string>()

  constructor(room: number) {
    this.#room = room
  }

  /** Whether something stands otherwise than it did, or was not known. */
  note({ id, mark }: { readonly id: string; readonly mark: string }): boolean {
    if (this.#marks.get(id) === mark) return false
    this.#marks.delete(id)
    this.#marks.set(id, mark)
    if (this.#marks.size > this.#room) this.#marks.delete(this.#marks.keys().next().value ?? '')
    return true
  }
}
