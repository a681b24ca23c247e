/** Fails where a word stands that must not stand there; lib/forbidden-words.mjs has the rules. */
import { findForbidden } from './lib/forbidden-words.mjs'
import { root } from './lib/paths.mjs'

const found = findForbidden(root)
for (const { file, line, rule, why } of found) console.log(`${file}:${line}: ${rule}: ${why}`)
process.exitCode = found.length > 0 ? 1 : 0
