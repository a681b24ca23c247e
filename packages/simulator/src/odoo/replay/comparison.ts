const sequences =
  /\b(?:S|P)\d{5}\b|WH\/[A-Z]+\/\d{5}|R?(?:INV|PBNK1|BILL)\/\d{4}\/(?:\d{2}\/)?\d{4,5}|SP\/\d{5}/g

const time = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?$/

/** What an answer lacks of what was recorded, in words. Numbers of sequences and times may differ. */
export function differences(expected: unknown, actual: unknown, path = ''): string[] {
  if (typeof expected === 'string' && typeof actual === 'string') {
    return sameText(expected, actual) ? [] : [told(path, expected, actual)]
  }
  if (typeof expected === 'number' && typeof actual === 'number') {
    return Math.abs(expected - actual) < 1e-6 ? [] : [told(path, expected, actual)]
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) return [told(path, expected, actual)]
    return expected.flatMap((one, at) => differences(one, actual[at], `${path}[${at}]`))
  }
  if (isRecord(expected) && isRecord(actual)) return recordDifferences(expected, actual, path)
  return expected === actual ? [] : [told(path, expected, actual)]
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Of a window action only what it opens is compared; of everything else each member. */
function recordDifferences(
  expected: Record<string, unknown>,
  actual: Record<string, unknown>,
  path: string,
): string[] {
  const isAction = expected['type'] === 'ir.actions.act_window'
  const names = isAction ? ['name', 'type', 'res_model', 'res_id'] : Object.keys(expected)
  const strange = isAction
    ? []
    : Object.keys(actual).filter((name) => !(name in expected) && !hidden.has(name))
  return [
    ...strange.map((name) => `${path}.${name} is not expected`),
    ...names.flatMap((name) => differences(expected[name], actual[name], `${path}.${name}`)),
  ]
}

/** Cut from the recordings. */
const hidden = new Set(['debug', 'moreinfo'])

function sameText(expected: string, actual: string): boolean {
  if (time.test(expected)) return time.test(actual)
  return plain(expected) === plain(actual)
}

const plain = (text: string): string =>
  text
    .replaceAll(/Failing row contains \(.*/g, 'Failing row')
    .replaceAll(/\(#\d+\)/g, '(#)')
    .replaceAll(sequences, '#')
    .replaceAll(/\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{6}/g, '@')

function told(path: string, expected: unknown, actual: unknown): string {
  return `${path || 'answer'}: recorded ${JSON.stringify(expected)?.slice(0, 400)}, answered ${JSON.stringify(actual)?.slice(0, 400)}`
}
