import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

const colors: Readonly<Record<string, Style>> = {
  fatal: 'red',
  error: 'red',
  warn: 'yellow',
  info: 'green',
  debug: 'gray',
  trace: 'gray',
}

/**
 * One JSON log line as a line for people: `06:10:21.175 INFO  message key=value`, the stack of an
 * error below it. Colors are left out where NO_COLOR is set.
 */
export function formatForTerminal(line: string): string {
  const logged: Record<string, unknown> = JSON.parse(line)
  const { level, time, msg, err, ...rest } = logged
  const fields = Object.entries(rest).map(([key, value]) => `${key}=${formatValue(value)}`)
  const head = [
    paint('gray', textOf(time).slice(11, 23)),
    paint(colors[textOf(level)] ?? 'reset', textOf(level).toUpperCase().padEnd(5)),
    textOf(msg),
    paint('gray', fields.join(' ')),
  ]
  return `${head.join(' ').trimEnd()}\n${formatError(err)}`
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function paint(style: Style, text: string): string {
  return text === '' || process.env['NO_COLOR'] ? text : styleText(style, text)
}

function formatValue(value: unknown): string {
  return typeof value === 'string' && !/[\s"]/.test(value) ? value : JSON.stringify(value)
}

function formatError(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  const { stack, message, cause } = { stack: '', message: '', cause: null, ...error }
  const own = `${textOf(stack) || textOf(message)}\n`.replaceAll(/^/gm, '    ').trimEnd()
  const below = formatError(cause)
  return `${own}\n${below === '' ? '' : `    caused by:\n${below}`}`
}
