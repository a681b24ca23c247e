import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'

import { runTests } from './run-tests.mjs'

describe('the test runner', () => {
  let folder

  const write = (name, lines) => {
    const file = join(folder, name)
    writeFileSync(file, ["import { describe, test } from 'node:test'", ...lines].join('\n'))
    return file
  }
  const run = async (files, options = {}) => {
    const { output, ...counts } = await runTests(files, { idleMs: 60_000, ...options })
    return { counts, output }
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'backhaul runner '))
  })

  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('counts what passed, failed and was skipped, over all files', async () => {
    const first = write('a.test.ts', [
      "describe('a', () => {",
      "  test('passes', () => {})",
      "  test('waits', { skip: true }, () => {})",
      '})',
    ])
    const second = write('b.test.ts', ["test('breaks', () => { throw new Error('on purpose') })"])
    const { counts, output } = await run([first, second])
    assert.deepEqual(counts, { passed: 1, failed: 1, skipped: 1 })
    assert.match(output, /✖ breaks {2}.*b\.test\.ts[\s\S]*on purpose/)
  })

  test('counts a suite that breaks outside of its tests as failed', async () => {
    const file = write('a.test.ts', ["describe('a', () => { throw new Error('on purpose') })"])
    assert.deepEqual((await run([file])).counts, { passed: 0, failed: 1, skipped: 0 })
  })

  test('counts a file that cannot be loaded as failed, and runs the others', async () => {
    const broken = write('a.test.ts', ["import './absent.ts'"])
    const fine = write('b.test.ts', ["test('passes', () => {})"])
    assert.deepEqual((await run([broken, fine])).counts, { passed: 1, failed: 1, skipped: 0 })
  })

  test('counts a process that ends itself as failed', async () => {
    const file = write('a.test.ts', [
      "test('passes', () => {})",
      "test('leaves', () => { process.exit(0) })",
    ])
    const { counts, output } = await run([file])
    assert.equal(counts.failed, 1)
    assert.match(output, /the process ended before its tests did/)
  })

  test('ends a process in which nothing happens any more, and counts it as failed', async () => {
    const file = write('a.test.ts', [
      "test('hangs', () => new Promise((resolve) => { setTimeout(resolve, 1e8) }))",
    ])
    const { counts, output } = await run([file], { idleMs: 1500 })
    assert.deepEqual(counts, { passed: 0, failed: 1, skipped: 0 })
    assert.match(output, /no test ended for 1.5 s/)
  })

  test('runs only the tests whose names match, and does not count the others', async () => {
    const file = write('a.test.ts', ["test('one', () => {})", "test('two', () => {})"])
    const { counts } = await run([file], { flags: ['--test-name-pattern=two'] })
    assert.deepEqual(counts, { passed: 1, failed: 0, skipped: 0 })
  })

  test('keeps what would configure a hub away from the tests', async () => {
    process.env['DATABASE_URL'] = 'postgres://production'
    const file = write('a.test.ts', [
      "test('is alone', () => { if (process.env.DATABASE_URL) throw new Error('seen') })",
    ])
    const { counts } = await run([file])
    delete process.env['DATABASE_URL']
    assert.equal(counts.passed, 1)
  })
})
