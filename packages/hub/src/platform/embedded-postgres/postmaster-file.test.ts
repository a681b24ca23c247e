import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { disownStalePid, findPostmaster } from './postmaster-file.ts'

describe('the lock file of a database server', () => {
  let cluster: string
  const lines = [
    '/somewhere',
    '1764000000',
    '21000',
    '',
    '127.0.0.1',
    '  12345  98765',
    'ready   ',
    '',
  ]
  const write = (pid: number) =>
    writeFile(join(cluster, 'postmaster.pid'), [pid, ...lines].join('\n'))
  const read = () => readFile(join(cluster, 'postmaster.pid'), 'utf8')

  before(async () => {
    cluster = await mkdtemp(join(tmpdir(), 'backhaul-cluster-'))
  })
  after(() => rm(cluster, { recursive: true }))

  test('names no server when its pid belongs to another program', async () => {
    await write(process.pid)
    assert.equal(await findPostmaster(cluster), null)
  })

  test('loses a pid that belongs to another program, and nothing else', async () => {
    await write(process.pid)
    await disownStalePid(cluster, { kind: 'self' })
    assert.equal(await read(), ['4194304', ...lines].join('\n'))
  })

  test('stays as it is when its pid belongs to nobody', async () => {
    await write(4_194_303)
    await disownStalePid(cluster, { kind: 'self' })
    assert.equal(await read(), ['4194303', ...lines].join('\n'))
  })
})
