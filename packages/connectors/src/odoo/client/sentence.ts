/**
 * A sentence of Odoo as an agent may read it and a log may keep it.
 *
 * What Odoo says to a refusal is the most useful thing that can be said of it, so it is shown. It may name
 * documents and products, and now and then a customer: whoever sees it sees the case as well. Left out are
 * addresses of mail and of machines, phone numbers, and what follows a blank line, which tells developers about
 * models, constraints and rows.
 */
export function sentenceOf(message: string): string {
  const [first = ''] = message.trim().split(/\n\s*\n|\n(?=Model: |DETAIL:|CONTEXT:|Traceback )/, 1)
  return first
    .replace(/^The operation cannot be completed: /, '')
    .replaceAll(/[a-z][a-z0-9+.-]*:\/\/\S+/gi, hidden)
    .replaceAll(/[^\s<>()"',;:]+@[^\s<>()"',;:]+/g, hidden)
    .replaceAll(/\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b/g, hidden)
    .replaceAll(/\b(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}):\d{2,5}\b/gi, hidden)
    .replaceAll(/\+\d[\d\s().-]{6,}\d|\b0\d[\d\s()/-]{6,}\d\b/g, hidden)
}

const hidden = '…'

/** As {@link sentenceOf}, without the values that an import was given: it quotes them, as it does names of fields. */
export function sentenceWithoutValues(message: string): string {
  return sentenceOf(message)
    .split('\n', 1)[0]!
    .replaceAll(/(?<![\p{L}\d]|\bfield )(['"«„“])[^'"»“”]*['"»“”](?![\p{L}\d])/gu, `$1${hidden}$1`)
}
