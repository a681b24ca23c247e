/**
 * A reporter of node:test that writes, for a machine, one line for each test that ended (`passed`,
 * `failed` or `skipped`) and a last line `end`. A run without that line was cut off.
 *
 * A suite counts only where it failed by itself (its body or a hook); node's own count leaves that
 * out. What --test-name-pattern left out is not counted: Node 20 reports it as skipped.
 */
export default async function* tally(source) {
  for await (const event of source) {
    const outcome = outcomeOf(event)
    if (outcome) yield `${outcome}\n`
  }
  yield 'end\n'
}

/** `passed`, `failed` or `skipped`; null for what is no test, or was not asked for. */
export function outcomeOf({ type, data }) {
  if (type !== 'test:pass' && type !== 'test:fail') return null
  if (String(data.skip).includes('does not match pattern')) return null
  const isSkipped = data.skip !== undefined || data.todo !== undefined
  if (data.details?.type === 'suite') {
    const failure = type === 'test:fail' && data.details.error?.failureType
    return failure && failure !== 'subtestsFailed' && !isSkipped ? 'failed' : null
  }
  if (isSkipped) return 'skipped'
  return type === 'test:fail' ? 'failed' : 'passed'
}
