import { encodeCsv } from './encode-csv.ts'
import { encodeForm } from './encode-form.ts'
import { encodeJson } from './encode-json.ts'
import { encodeX12 } from './encode-x12.ts'
import { encodeXml } from './encode-xml.ts'
import { FormatError, type FormatProblem } from './format-problem.ts'
import { type Plain, toPlain } from './plain-data.ts'
import type { TargetFormat } from './target-format.ts'

/** A body as text, to be sent in UTF-8. */
export type Encoded =
  | { readonly ok: true; readonly body: string; readonly contentType: string }
  | { readonly ok: false; readonly problem: FormatProblem }

const contentTypes: Readonly<Record<TargetFormat['format'], string>> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  xml: 'application/xml; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  x12: 'application/edi-x12',
}

/**
 * Writes a value. What `decode` makes of a body comes back as the same body's value; what shape each format
 * wants stands with its own function.
 *
 * Pure and total: a value that a format cannot hold is a problem.
 */
export function encode(value: unknown, options: TargetFormat): Encoded {
  try {
    const body = encodeAs(toPlain(value), options)
    return { ok: true, body, contentType: contentTypes[options.format] }
  } catch (error) {
    const message = `the value cannot be written as ${options.format}`
    return { ok: false, problem: error instanceof FormatError ? error.problem : { message } }
  }
}

function encodeAs(value: Plain, options: TargetFormat): string {
  switch (options.format) {
    case 'json':
      return encodeJson(value)
    case 'form':
      return encodeForm(value)
    case 'xml':
      return encodeXml(value, options)
    case 'csv':
      return encodeCsv(value, options)
    case 'x12':
      return encodeX12(value, options)
  }
}
