import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { root } from './paths.mjs'
import { sourceFlags } from './source.mjs'

const here = (name) => join(root, 'scripts', 'lib', name)

/**
 * Runs test files together in one process.
 *
 * @param options.flags - passed on to node, such as --test-name-pattern.
 * @param options.env - added to the environment; what would configure a hub is taken out of it.
 * @param options.idleMs - the process is ended when no test ends for so long: one hangs, or left something open.
 * @returns `{ passed, failed, skipped, output }`. A process that crashes, hangs, or fails without a
 * failed test counts as one failed test.
 */
export async function runTests(files, { flags = [], env = {}, isVerbose = false, idleMs }) {
  const folder = mkdtempSync(join(tmpdir(), 'backhaul-tests-'))
  const tallyFile = join(folder, 'tally')
  const reporter = isVerbose ? 'spec' : pathToFileURL(here('failures-reporter.mjs')).href
  const args = [
    ...sourceFlags,
    ...flags,
    `--test-reporter=${reporter}`,
    '--test-reporter-destination=stdout',
    `--test-reporter=${pathToFileURL(here('tally-reporter.mjs')).href}`,
    `--test-reporter-destination=${tallyFile}`,
    here('import-tests.mjs'),
    ...files,
  ]
  try {
    const ended = await runWatched(args, { env: { ...cleanEnv(), ...env }, tallyFile, idleMs })
    return summarize(ended, readTally(tallyFile))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Adds what the process's end says to what its tests said. */
function summarize({ code, why, output }, lines) {
  const count = (outcome) => lines.filter((line) => line === outcome).length
  const tally = {
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    output,
  }
  const isCutOff = lines.at(-1) !== 'end'
  if (!why && !isCutOff && (code === 0 || tally.failed > 0)) return tally
  const reason = why ?? (isCutOff ? 'the process ended before its tests did' : 'no test failed')
  return {
    ...tally,
    failed: tally.failed + 1,
    output: `${output}✖ ${reason} (exit code ${code})\n`,
  }
}

function runWatched(args, { env, tallyFile, idleMs }) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const endChild = () => child.kill('SIGKILL')
  process.once('exit', endChild)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  let why = null
  let lastSize = 0
  let lastChange = Date.now()
  const watch = setInterval(() => {
    const size = statSync(tallyFile, { throwIfNoEntry: false })?.size ?? 0
    if (size !== lastSize) lastChange = Date.now()
    lastSize = size
    if (Date.now() - lastChange < idleMs) return
    why = `no test ended for ${idleMs / 1000} s: one hangs, or something was left open`
    endChild()
  }, 500)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, signal) => {
      clearInterval(watch)
      process.removeListener('exit', endChild)
      resolve({ code: exitCode ?? signal, why, output })
    })
  })
}

function readTally(file) {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean)
  } catch {
    return []
  }
}

/** Without what would configure a hub, or make node:test believe that it is a child of another run. */
function cleanEnv() {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !name.startsWith('BACKHAUL_') && !['DATABASE_URL', 'NODE_TEST_CONTEXT'].includes(name),
  )
  return Object.fromEntries(kept)
}
