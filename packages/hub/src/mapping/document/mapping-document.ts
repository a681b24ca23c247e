import type { SourceFormat } from '../formats/source-format.ts'
import type { TargetFormat } from '../formats/target-format.ts'
import type { Place } from './yaml-tree.ts'

/** Where a part of a document stands, for people (`events[0].data.reason`) and in the text. */
export interface Spot {
  readonly path: string
  readonly place: Place
}

/** An expression's text as it was written. */
export interface WrittenExpression extends Spot {
  readonly text: string
  /** Whether an offset in the text is as many columns in the document. */
  readonly isOneLine: boolean
}

/** How a value of the result is made. */
export type Field =
  | { readonly kind: 'expression'; readonly expression: WrittenExpression }
  | (Spot & { readonly kind: 'constant'; readonly value: unknown })
  | (Spot & {
      readonly kind: 'value'
      readonly from: WrittenExpression
      readonly isRequired: boolean
      readonly fallback: Field | null
      readonly when: WrittenExpression | null
    })
  | ListField
  | ObjectField
  /** A list of which every item is written out. */
  | (Spot & { readonly kind: 'items'; readonly items: readonly Field[] })

export interface ListField extends Spot {
  readonly kind: 'list'
  readonly each: WrittenExpression
  /** Name of the item in expressions. */
  readonly as: string
  readonly when: WrittenExpression | null
  readonly item: Field
}

export interface ObjectField extends Spot {
  readonly kind: 'object'
  readonly when: WrittenExpression | null
  readonly fields: readonly { readonly name: string; readonly field: Field }[]
}

export interface EventRule extends Spot {
  readonly type: string
  readonly typePlace: Place
  readonly when: WrittenExpression | null
  readonly id: WrittenExpression | null
  readonly time: Field | null
  readonly each: WrittenExpression | null
  readonly as: string
  readonly data: ObjectField
}

export interface SourceRule {
  readonly format: SourceFormat
  readonly records: WrittenExpression | null
  readonly groupBy: WrittenExpression | null
  readonly id: WrittenExpression | null
}

/** What is given to an example, or expected of it: written out, or a file beside the document. */
export type ExampleContent =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly value: unknown }

export interface Example extends Spot {
  readonly name: string
  readonly input: ExampleContent
  readonly output: ExampleContent
}

interface Common {
  readonly description: string | null
  readonly constants: Readonly<Record<string, unknown>>
  readonly constantsSpot: Spot
  readonly examples: readonly Example[]
}

/** What the messages of a topic mean. */
export interface InboundDocument extends Common {
  readonly direction: 'inbound'
  readonly source: SourceRule
  readonly events: readonly EventRule[]
}

/** How a command is said to a system. */
export interface OutboundDocument extends Common {
  readonly direction: 'outbound'
  readonly request: {
    readonly method: Field
    readonly path: Field
    readonly query: ObjectField | null
    readonly headers: ObjectField | null
  }
  readonly target: TargetFormat
  readonly body: Field | null
  readonly answer: { readonly externalId: WrittenExpression } | null
}

export type MappingDocument = InboundDocument | OutboundDocument
