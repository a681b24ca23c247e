/** A function of mapping expressions, and what the reference says of it. */
export interface MappingFunction {
  readonly name: string
  /** As the expression language declares it, one for each number of arguments. */
  readonly signatures: readonly string[]
  readonly does: string
  readonly example: { readonly expression: string; readonly result: string }
  readonly call: (...values: never[]) => unknown
}
