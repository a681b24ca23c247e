import { relative } from 'node:path'
import { inspect } from 'node:util'

import { outcomeOf } from './tally-reporter.mjs'

/** A reporter of node:test for people: says nothing of tests that pass, and all of those that fail. */
export default async function* failures(source) {
  for await (const event of source) {
    const { type, data } = event
    if (type === 'test:stdout' || type === 'test:stderr') yield data.message
    if (outcomeOf(event) !== 'failed') continue
    const { error } = data.details
    const where = data.file ? relative('.', data.file) : ''
    const words = inspect(error.cause ?? error).replaceAll(/^/gm, '    ')
    yield `✖ ${data.name}  ${where}\n${words}\n`
  }
}
