import { z } from 'zod'
import { maxColumns } from './limits.ts'

const json = z.strictObject({ format: z.literal('json') })

const form = z.strictObject({ format: z.literal('form') })

const xml = z.strictObject({
  format: z.literal('xml'),
  declaration: z.boolean().default(true).describe('Whether it begins with <?xml … ?>.'),
})

const csv = z.strictObject({
  format: z.literal('csv'),
  delimiter: z
    .string()
    .regex(/^[^\r\n"]$/, 'one character')
    .default(','),
  header: z.boolean().default(true).describe('Whether the first line names the columns.'),
  columns: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(maxColumns)
    .optional()
    .describe('Which columns, in this order. Else all of them, as the rows have them.'),
  lineEnd: z.enum(['crlf', 'lf']).default('crlf'),
})

/** Neither letter nor digit nor blank, so that hardly any value holds one. */
const separator = z.string().regex(/^[!-/:-@[-`{-~]$/, 'one sign')

const x12 = z
  .strictObject({
    format: z.literal('x12'),
    elementSeparator: separator.default('*'),
    componentSeparator: separator.default('>'),
    repetitionSeparator: separator
      .default('^')
      .describe('Written from version 00402 on; before there is no repetition.'),
    segmentTerminator: separator.default('~'),
    lineBreaks: z.boolean().default(false).describe('A line break behind every segment.'),
  })
  .refine(
    (options) =>
      new Set([
        options.elementSeparator,
        options.componentSeparator,
        options.repetitionSeparator,
        options.segmentTerminator,
      ]).size === 4,
    'two separators are the same',
  )

/** How a body is to be written. */
export const targetFormat = z.discriminatedUnion('format', [json, form, xml, csv, x12])
export type TargetFormat = z.output<typeof targetFormat>
/** The format of one name, with its options. */
export type TargetFormatOf<Name extends TargetFormat['format']> = Extract<
  TargetFormat,
  { format: Name }
>
