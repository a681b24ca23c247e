/** A table; `|` and line breaks in a cell are kept from breaking it. */
export function table(head, rows) {
  return [tableLine(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(tableLine)].join(
    '\n',
  )
}

function tableLine(cells) {
  const escaped = cells.map((value) =>
    String(value ?? '')
      .replaceAll('|', '\\|')
      .replaceAll(/\s*\n\s*/g, ' '),
  )
  return `| ${escaped.join(' | ')} |`
}

export function code(value) {
  return `\`${value}\``
}

/** A list of names as code, with commas. */
export function codes(values) {
  return values.map(code).join(', ')
}

/** A page of the reference, with a note on where it comes from. */
export function page(title, parts) {
  const note = '<!-- Made by `node scripts/generate.mjs`. Edit the source, not this page. -->'
  return `${[`# ${title}`, note, ...parts].join('\n\n')}\n`
}

/** The anchor that Markdown viewers make of a heading. */
export function anchor(heading) {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9_ -]/g, '')
    .replaceAll(' ', '-')
}

/** A block of JSON, with what fits into a line on one. */
export function jsonBlock(value) {
  return `\`\`\`json\n${jsonText(value, '')}\n\`\`\``
}

const lineWidth = 96

function jsonText(value, indent) {
  const flat = flatJson(value)
  if (indent.length + flat.length <= lineWidth || typeof value !== 'object') return flat
  const deeper = `${indent}  `
  const inner = Array.isArray(value)
    ? value.map((item) => jsonText(item, deeper))
    : Object.entries(value).map(
        ([key, item]) => `${JSON.stringify(key)}: ${jsonText(item, deeper)}`,
      )
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${inner.map((line) => deeper + line).join(',\n')}\n${indent}${close}`
}

function flatJson(value) {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(flatJson).join(', ')}]`
  const fields = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}: ${flatJson(item)}`,
  )
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}
