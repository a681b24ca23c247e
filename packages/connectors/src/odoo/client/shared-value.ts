/** Something that is found out once for all who need it, and again after a failure. */
export class SharedValue<T> {
  #finding: Promise<T> | null = null

  /**
   * @param signal - of whoever asks. Who found out before may have given up for a reason of their own; who has
   *   time left then tries it themselves.
   */
  async get(signal: AbortSignal, find: () => Promise<T>): Promise<T> {
    const others = this.#finding
    if (others !== null) {
      try {
        return await others
      } catch (error) {
        if (signal.aborted) throw error
      }
    }
    // Several may have waited for the same failure: the first of them tries, the others wait for it.
    if (this.#finding !== null && this.#finding !== others) return this.#finding
    const finding = find()
    this.#finding = finding
    try {
      return await finding
    } catch (error) {
      if (this.#finding === finding) this.#finding = null
      throw error
    }
  }
}
