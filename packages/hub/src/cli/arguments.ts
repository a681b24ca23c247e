import { type Command, InvalidArgumentError } from 'commander'

/** Reads `--limit`: how many rows a list shows. */
function parseLimit(text: string): number {
  return wholeNumber(text, { from: 1, to: 1_000 })
}

export function wholeNumber(
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  const value = Number(text)
  if (/^\d{1,9}$/.test(text) && value >= from && value <= to) return value
  throw new InvalidArgumentError(`It must be a whole number from ${from} to ${to}.`)
}

/** Takes a value several times, or several with commas between them. */
export function collect(text: string, before: readonly string[] = []): string[] {
  return [
    ...before,
    ...text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ]
}

/** Options of every list. */
export interface ListOptions {
  readonly limit: number
  readonly before?: string
}

/** Adds `--limit` and `--before` to a command that lists. */
export function addListOptions(command: Command): Command {
  return command
    .option('-n, --limit <count>', 'how many to show', parseLimit, 50)
    .option('--before <cursor>', 'go on where the last page ended')
}
