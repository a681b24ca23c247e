import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'

import { withLock } from './lock.mjs'

describe('the lock of a start', () => {
  let folder
  let file
  const quiet = () => undefined

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'backhaul lock '))
    file = join(folder, 'lock')
  })

  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('is there while the work runs and gone afterwards, also after an error', async () => {
    await withLock(file, { say: quiet, work: async () => assert.ok(existsSync(file)) })
    assert.ok(!existsSync(file))
    const failing = withLock(file, {
      say: quiet,
      work: async () => {
        throw new Error('no network')
      },
    })
    await assert.rejects(failing, /no network/)
    assert.ok(!existsSync(file))
  })

  test('lets one in at a time, and says that the other waits', async () => {
    const seen = []
    const said = []
    const enter = (name) =>
      withLock(file, {
        say: (line) => said.push(line),
        work: async () => {
          seen.push(`${name} in`)
          await new Promise((resolve) => setTimeout(resolve, 50))
          seen.push(`${name} out`)
        },
      })
    await Promise.all([enter('a'), enter('b')])
    assert.deepEqual(seen, ['a in', 'a out', 'b in', 'b out'])
    assert.equal(said.length, 1)
  })

  test('is taken over from a process that is gone', async () => {
    const gone = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }))
    writeFileSync(file, JSON.stringify([{ pid: gone, startedAt: '1' }]))
    assert.equal(await withLock(file, { say: quiet, work: async () => 'done' }), 'done')
  })

  test('is taken over when its process id belongs to another process by now', {
    skip: !existsSync('/proc/self/stat'),
  }, async () => {
    writeFileSync(file, JSON.stringify([{ pid: process.pid, startedAt: '1' }]))
    assert.equal(await withLock(file, { say: quiet, work: async () => 'done' }), 'done')
  })

  test('is taken over by one alone of many that find it dead', async () => {
    writeFileSync(file, JSON.stringify([{ pid: 4_194_305, startedAt: '1' }]))
    let inside = 0
    const enter = () =>
      withLock(file, {
        say: quiet,
        work: async () => {
          inside += 1
          assert.equal(inside, 1)
          await new Promise(setImmediate)
          inside -= 1
        },
      })
    await Promise.all(Array.from({ length: 10 }, enter))
  })

  test('is taken over when it was left half written long ago', async () => {
    writeFileSync(file, '')
    utimesSync(file, new Date(0), new Date(0))
    assert.equal(await withLock(file, { say: quiet, work: async () => 'done' }), 'done')
  })

  test('holds for as long as a covered child lives, though its parent is gone', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      stdio: 'ignore',
    })
    let held
    await withLock(file, {
      say: quiet,
      work: async (cover) => {
        cover(child.pid)
        held = JSON.parse(readFileSync(file, 'utf8'))
      },
    })
    const [self, covered] = held
    writeFileSync(file, JSON.stringify([{ ...self, startedAt: 'gone' }, covered]))
    let isIn = false
    const entered = withLock(file, {
      say: () => {
        assert.equal(isIn, false)
        child.kill('SIGKILL')
      },
      work: async () => {
        isIn = true
      },
    })
    await entered
    assert.ok(child.killed)
  })
})
