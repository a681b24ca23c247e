import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createPrivateFile, replacePrivateFile } from './private-files.ts'

describe('a private file', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'backhaul-files-'))
  })
  after(() => rm(folder, { recursive: true }))

  test('is created once, however many try, and read by its owner alone', async () => {
    const path = join(folder, 'once')
    const tries = Array.from({ length: 8 }, (_, i) => createPrivateFile(path, `text ${i}`))
    const won = (await Promise.all(tries))
      .map((isMine, i) => (isMine ? i : -1))
      .filter((i) => i >= 0)
    assert.equal(won.length, 1)
    assert.equal(await readFile(path, 'utf8'), `text ${won[0]}`)
    assert.equal((await stat(path)).mode & 0o777, 0o600)
  })

  test('is replaced as a whole, and nothing is left beside it', async () => {
    const path = join(folder, 'replaced')
    await createPrivateFile(path, 'before')
    await replacePrivateFile(path, 'after')
    assert.equal(await readFile(path, 'utf8'), 'after')
    assert.ok((await readdir(folder)).every((name) => !name.endsWith('.draft')))
  })
})
