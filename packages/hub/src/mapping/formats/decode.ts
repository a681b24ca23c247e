import { decodeCsv } from './decode-csv.ts'
import { decodeForm } from './decode-form.ts'
import { decodeJson } from './decode-json.ts'
import { decodeX12 } from './decode-x12.ts'
import { decodeXml } from './decode-xml.ts'
import { FormatError, type FormatProblem } from './format-problem.ts'
import type { SourceFormat } from './source-format.ts'

/** A document as plain data: strings, numbers, booleans, null, lists, and objects with own fields only. */
export type Decoded =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: FormatProblem }

/**
 * Reads a document that a stranger wrote. What each format comes to stands with its own function: JSON is
 * its value, a form `{ name: text }`, XML `{ root: … }`, CSV `{ rows: [{ column: text }] }`, X12
 * `{ interchange, transactions }`.
 *
 * Pure and total. What is over a limit (`limits.ts`) is a problem, found before it can cost much.
 */
export function decode(bytes: Uint8Array, options: SourceFormat): Decoded {
  if (bytes.length > options.maxBytes) {
    return {
      ok: false,
      problem: { message: `the document has more than ${options.maxBytes} bytes` },
    }
  }
  try {
    return { ok: true, value: decodeAs(bytes, options) }
  } catch (error) {
    // Whatever else a parser throws is about this document, too: the next one is read all the same.
    const message = `the document cannot be read as ${options.format}`
    return { ok: false, problem: error instanceof FormatError ? error.problem : { message } }
  }
}

function decodeAs(bytes: Uint8Array, options: SourceFormat): unknown {
  switch (options.format) {
    case 'json':
      return decodeJson(bytes)
    case 'form':
      return decodeForm(bytes)
    case 'xml':
      return decodeXml(bytes, options)
    case 'csv':
      return decodeCsv(bytes, options)
    case 'x12':
      return decodeX12(bytes, options)
  }
}
