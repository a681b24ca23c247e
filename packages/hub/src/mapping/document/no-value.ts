/** Why an expression has no value. */
export class NoValue {
  /** For people; without anything of the data. */
  readonly message: string
  /** Whether a default may stand in. */
  readonly allowsDefault: boolean

  constructor(message: string, allowsDefault: boolean) {
    this.message = message
    this.allowsDefault = allowsDefault
  }
}
