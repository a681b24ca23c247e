/**
 * `npm run check [-- NAME…]`: everything that can be said of the sources without running them.
 *
 * Every step runs, also after one that failed. To add a check, add a line to `steps`; `node`, and
 * the programs of node_modules/.bin by name, can be called.
 */
import { execFile } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

import { bootstrap } from './bootstrap.mjs'
import { root } from './lib/paths.mjs'

// biome-ignore format: a table
const steps = [
  { name: 'format',    command: 'biome check .' },
  { name: 'lint',      command: 'oxlint --type-aware --report-unused-disable-directives-severity=error' },
  { name: 'types',     command: 'tsc -p tsconfig.json' },
  { name: 'types-web', command: 'tsc -p packages/console/tsconfig.json' },
  { name: 'dead-code', command: 'knip' },
  { name: 'words',     command: 'node scripts/forbidden-words.mjs' },
  { name: 'lockfile',  command: 'node scripts/complete-lockfile.mjs --check' },
  { name: 'generated', command: 'node scripts/generate.mjs --check' },
  { name: 'contracts', command: 'node scripts/check-contracts.mjs' },
  { name: 'bite',      command: 'node scripts/checks-bite.mjs' },
]

function run({ name, command }) {
  const startedAt = Date.now()
  const path = [
    join(root, 'node_modules', '.bin'),
    // The node that runs this, not another that stands first on the PATH.
    dirname(process.execPath),
    process.env.PATH,
  ].join(delimiter)
  const [program, ...args] = command.split(' ')
  const options = {
    cwd: root,
    env: { ...process.env, PATH: path },
    maxBuffer: 64 * 1024 * 1024,
  }
  return new Promise((resolve) => {
    const shell = process.platform === 'win32'
    execFile(program, args, { ...options, shell }, (error, stdout, stderr) => {
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
      console.log(`${error ? '✖' : '✔'} ${name}  ${seconds} s`)
      if (error) {
        const words = `${stdout}${stderr || (stdout ? '' : error.message)}`
        // oxlint colors its output wherever CI is set.
        console.log(stripVTControlCharacters(words).trimEnd())
      }
      resolve(error === null)
    })
  })
}

await bootstrap({ needsBuild: false })
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !steps.some((step) => step.name === name))
if (unknown.length > 0) {
  console.log(
    `no check is called ${unknown.join(', ')}; there are ${steps.map(({ name }) => name).join(', ')}`,
  )
  process.exit(2)
}
const results = []
for (const step of steps) {
  if (asked.length === 0 || asked.includes(step.name)) results.push(await run(step))
}
const failed = results.filter((isFine) => !isFine).length
console.log(`\n${results.length - failed} of ${results.length} checks are fine`)
process.exitCode = failed === 0 ? 0 : 1
