import { isObject } from '../orm/rows.ts'

/** A float, which Python writes with its fraction also where that is nothing. */
export class PythonFloat {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

/** JSON as Python's `json.dumps(…, sort_keys=True)` writes it: the very bytes of Odoo's webhooks. */
export function toPythonJson(value: unknown): string {
  if (value instanceof PythonFloat) {
    return Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value)
  }
  if (Array.isArray(value)) return `[${value.map(toPythonJson).join(', ')}]`
  if (isObject(value)) {
    const members = Object.keys(value).toSorted()
    return `{${members.map((key) => `${quote(key)}: ${toPythonJson(value[key])}`).join(', ')}}`
  }
  return typeof value === 'string' ? quote(value) : JSON.stringify(value)
}

/** Python escapes all that is not ASCII. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/g,
    (letter) => String.raw`\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
