import { z } from 'zod'
import { maxColumns, maxFileBytes, maxMessageBytes } from './limits.ts'
import { isEncoding } from './read-text.ts'

const messageBytes = z.int().min(1).max(maxFileBytes).default(maxMessageBytes)
const fileBytes = z.int().min(1).max(maxFileBytes).default(maxFileBytes)

const encoding = z
  .string()
  .max(40)
  .refine(isEncoding, 'is no encoding that is known here')
  .describe('Label of the WHATWG Encoding Standard, for example windows-1252.')

const columnName = z
  .string()
  .min(1)
  .max(200)
  .refine((name) => name !== '__proto__', 'is no name of a column')
/** A tag of a segment, such as `BLI` or `N9`. */
const segmentTag = z.string().regex(/^[A-Z][A-Z0-9]{1,2}$/, 'a tag such as BLI or N9')

const json = z.strictObject({ format: z.literal('json'), maxBytes: messageBytes })

const form = z.strictObject({ format: z.literal('form'), maxBytes: messageBytes })

const xml = z.strictObject({
  format: z.literal('xml'),
  encoding: encoding.optional().describe('Instead of the one that the document declares.'),
  lists: z
    .array(z.string().min(1).max(500))
    .max(100)
    .default([])
    .describe(
      'Elements that are a list also where there is one of them: their path from the root, as in returns.return.',
    ),
  stripPrefixes: z
    .boolean()
    .default(false)
    .describe('Names lose what stands before the colon, and its declarations go.'),
  maxBytes: fileBytes,
})

/** One character that is not one of those that end lines. */
const delimiter = z.string().regex(/^[^\r\n"]$/, 'one character')

const csv = z
  .strictObject({
    format: z.literal('csv'),
    delimiter: z
      .union([z.literal('auto'), delimiter])
      .default('auto')
      .describe('auto: the one of , ; | and tab that stands most often in the first line.'),
    quote: z
      .union([z.literal(false), z.string().regex(/^[^\r\n\s]$/, 'one character')])
      .default('"')
      .describe('false: the file quotes nothing, and a quote is a character as any other.'),
    encoding: encoding.default('utf-8'),
    header: z
      .union([z.literal(true), z.array(columnName).min(1).max(maxColumns)])
      .default(true)
      .describe('true: the first row names the columns. Else their names, in order.'),
    skipLines: z.int().min(0).max(1_000).default(0).describe('Lines before the header.'),
    comment: z
      .string()
      .regex(/^[^\r\n\s]{1,3}$/, 'one to three characters')
      .optional()
      .describe('What a line begins with that is left out.'),
    trim: z.boolean().default(false).describe('Blanks around a value that is not quoted go.'),
    maxBytes: fileBytes,
  })
  .refine(({ delimiter: given, quote }) => given !== quote, 'delimiter and quote are the same')
  .refine(
    ({ header }) => header === true || new Set(header).size === header.length,
    'two columns have one name',
  )

const x12 = z.strictObject({
  format: z.literal('x12'),
  encoding: encoding.default('utf-8'),
  loops: z
    .record(segmentTag, z.array(segmentTag).max(100))
    .optional()
    .describe(
      'Tags that begin a loop, and the tags that belong into it: { BLI: [N9, QTY, RDR], N1: [N3, N4, PER] }.',
    ),
  checkCounts: z
    .boolean()
    .default(true)
    .describe('false: takes trailers whose counts or control numbers do not fit.'),
  maxBytes: fileBytes,
})

/** How the bytes of a message are to be read. */
export const sourceFormat = z.discriminatedUnion('format', [json, form, xml, csv, x12])
export type SourceFormat = z.output<typeof sourceFormat>
/** The format of one name, with its options. */
export type SourceFormatOf<Name extends SourceFormat['format']> = Extract<
  SourceFormat,
  { format: Name }
>
