/**
 * `npm test [-- FILTER…] [--verbose] [--test-name-pattern=…]`
 *
 * FILTER is a group (unit, tooling, pg, e2e, console), a file, a folder or a part of a path. Some unit files share a
 * process; every other file has its own. Two processes run at a time. pg, e2e and console share one PostgreSQL server,
 * started for the run. console needs Chromium, and installs it where there is none.
 */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, relative, resolve, sep } from 'node:path'

import { bootstrap } from './bootstrap.mjs'
import { needChromium } from './lib/chromium.mjs'
import { filesBelow, packageFolders, root } from './lib/paths.mjs'
import { runTests } from './lib/run-tests.mjs'
import { startTestServer } from './lib/test-server.mjs'

const idleMs = 180_000
const groups = ['unit', 'tooling', 'pg', 'e2e', 'console']

const hubTests = join(root, 'packages', 'hub', 'test')
const e2eFolder = join(hubTests, 'e2e')
const consoleFolder = join(hubTests, 'console')

/** @throws {Error} where a test file lies in a place from which no group would run it. */
function findTests() {
  const tests = { unit: [], tooling: [], pg: [], e2e: [], console: [] }
  for (const folder of packageFolders()) {
    for (const file of filesBelow(folder).filter((one) => one.endsWith('.test.ts'))) {
      if (file.startsWith(e2eFolder + sep)) tests.e2e.push(file)
      else if (file.startsWith(consoleFolder + sep)) tests.console.push(file)
      // What is about several packages, and needs neither a database nor a server.
      else if (dirname(file) === hubTests) tests.unit.push(file)
      else if (!file.startsWith(join(folder, 'src') + sep)) {
        throw new Error(
          `${relative(root, file)} would never run; move it below src, to ${e2eFolder} or to ${consoleFolder}`,
        )
      } else if (file.endsWith('.pg.test.ts')) tests.pg.push(file)
      else tests.unit.push(file)
    }
  }
  tests.tooling = filesBelow(join(root, 'scripts')).filter((file) => file.endsWith('.test.mjs'))
  return tests
}

/** The tests of the groups named, or of all where none is, that match one of the paths named, if any are. */
function select(tests, filters) {
  const asked = filters.filter((filter) => groups.includes(filter))
  const paths = filters.filter((filter) => !groups.includes(filter))
  const filesOf = (group) => {
    if (asked.length > 0 && !asked.includes(group)) return []
    if (paths.length === 0) return tests[group]
    return tests[group].filter((file) => paths.some((path) => matches(file, path)))
  }
  return Object.fromEntries(groups.map((group) => [group, filesOf(group)]))
}

function matches(file, filter) {
  const path = resolve(process.env.INIT_CWD ?? root, filter)
  if (existsSync(path)) return file === path || file.startsWith(path + sep)
  return relative(root, file).split(sep).join('/').includes(filter)
}

/** Runs each file in its own process, `atOnce` of them at a time, and says how each ended. */
async function runEach(files, { atOnce, ...options }) {
  const waiting = [...files]
  const tallies = []
  const next = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      const startedAt = Date.now()
      const tally = await runTests([file], options)
      tallies.push(tally)
      console.log(`  ${relative(root, file)}  ${words(tally)} in ${secondsSince(startedAt)}`)
      show(tally, options)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, next))
  return tallies
}

/** Few enough that the processes end at about the same time, many enough that starting them counts for little. */
const filesTogether = 8

/** Runs files that need nothing of their own, some of them together in a process, `atOnce` processes at a time. */
async function runTogether(files, { atOnce, ...options }) {
  const waiting = [...files]
  const tallies = []
  const next = async () => {
    for (let some = waiting.splice(0, filesTogether); some.length > 0; ) {
      const tally = await runTests(some, options)
      tallies.push(tally)
      show(tally, options)
      some = waiting.splice(0, filesTogether)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, next))
  return tallies
}

async function runGroup(group, files, options) {
  const startedAt = Date.now()
  const run = group === 'unit' ? runTogether : runEach
  const tallies = await run(files, { ...options, atOnce: Math.min(2, availableParallelism()) })
  const total = sum(tallies)
  console.log(`${group}  ${files.length} files: ${words(total)} in ${secondsSince(startedAt)}`)
  return total
}

async function runWithServer(selected, options) {
  const { pg, e2e, console: inBrowser } = selected
  // What goes through HTTP may start the hub as a user does, from its build.
  if (e2e.length + inBrowser.length > 0) await bootstrap()
  const startedAt = Date.now()
  let server
  try {
    server = await startTestServer()
  } catch (error) {
    console.log(`✖ the tests' PostgreSQL server did not start: ${error.message}`)
    return [{ passed: 0, failed: pg.length + e2e.length + inBrowser.length, skipped: 0 }]
  }
  console.log(`PostgreSQL ready in ${secondsSince(startedAt)}`)
  const env = { TEST_SERVER_URL: server.url }
  const tallies = []
  try {
    for (const group of ['pg', 'e2e']) {
      if (selected[group].length === 0) continue
      tallies.push(await runGroup(group, selected[group], { ...options, env }))
    }
    if (inBrowser.length > 0) tallies.push(await runInBrowser(inBrowser, { ...options, env }))
  } finally {
    await server.stop()
  }
  return tallies
}

async function runInBrowser(files, { env, ...options }) {
  try {
    const CHROMIUM_PATH = await needChromium({ say: console.log })
    return await runGroup('console', files, { ...options, env: { ...env, CHROMIUM_PATH } })
  } catch (error) {
    console.log(`✖ ${error.message}`)
    return { passed: 0, failed: files.length, skipped: 0 }
  }
}

function show({ failed, output }, { isVerbose }) {
  if (output && (failed > 0 || isVerbose)) console.log(output.trimEnd())
}

function sum(tallies) {
  const total = { passed: 0, failed: 0, skipped: 0 }
  for (const tally of tallies) for (const key of Object.keys(total)) total[key] += tally[key]
  return total
}

function words({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

function secondsSince(time) {
  return `${((Date.now() - time) / 1000).toFixed(1)} s`
}

async function main(args) {
  await bootstrap({ needsBuild: false })
  const flags = args.filter((arg) => arg.startsWith('--') && arg !== '--verbose')
  const filters = args.filter((arg) => !arg.startsWith('-'))
  const selected = select(findTests(), filters)
  if (groups.every((group) => selected[group].length === 0)) {
    console.log(`no test file matches ${args.join(' ')}`)
    return 1
  }
  const options = { flags, isVerbose: args.includes('--verbose'), idleMs }
  const tallies = []
  for (const group of ['unit', 'tooling']) {
    if (selected[group].length > 0) tallies.push(await runGroup(group, selected[group], options))
  }
  if (selected.pg.length + selected.e2e.length + selected.console.length > 0) {
    tallies.push(...(await runWithServer(selected, options)))
  }
  const total = sum(tallies)
  console.log(`\n${words(total)}`)
  return total.failed === 0 && total.passed > 0 ? 0 : 1
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1))
process.exitCode = await main(process.argv.slice(2))
