import { inspect } from 'node:util'

/**
 * Where one of `secrets` shows in `value`: the way a log, a JSON document or a crash report would print it, with
 * causes and stacks. Encoded forms count too.
 */
export function findLeak(value: unknown, secrets: readonly string[]): string | null {
  const printed = [
    inspect(value, {
      depth: 12,
      maxStringLength: Number.POSITIVE_INFINITY,
      maxArrayLength: Number.POSITIVE_INFINITY,
    }),
    asJson(value),
    ...(value instanceof Error ? [value.message, value.stack ?? ''] : []),
  ].join('\n')
  const forms = secrets.flatMap(formsOf)
  return forms.find((form) => printed.includes(form)) ?? null
}

/** Runs `act` and gives back what it wrote to the console. */
export async function withConsole<T>(
  act: () => Promise<T>,
): Promise<{ readonly result: T; readonly lines: readonly unknown[] }> {
  const names = ['debug', 'error', 'info', 'log', 'warn'] as const
  const kept = names.map((name) => [name, console[name]] as const)
  const lines: unknown[] = []
  for (const name of names) console[name] = (...line: unknown[]) => lines.push(...line)
  try {
    return { result: await act(), lines }
  } finally {
    for (const [name, original] of kept) console[name] = original
  }
}

const minLength = 6

function formsOf(secret: string): string[] {
  const forms = [secret, encodeURIComponent(secret), ...[0, 1, 2].map((at) => inBase64(secret, at))]
  return forms.filter((form) => form.length >= minLength)
}

/**
 * What any base64 text shows of the secret that starts `offset` bytes after a group of three, for example behind
 * the user name of Basic credentials: without the characters that depend on its neighbours.
 */
function inBase64(secret: string, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]).toString('base64')
  const end = text.endsWith('=') ? text.indexOf('=') - 1 : text.length
  return text.slice(Math.ceil((offset * 8) / 6), end)
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}
