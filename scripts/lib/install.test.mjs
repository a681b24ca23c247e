import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'

import { isInstalled } from './install.mjs'

describe('whether the packages are installed', () => {
  let folder

  const here = { os: [process.platform], cpu: [process.arch], optional: true, version: '1.0.0' }
  const elsewhere = { os: ['plan9'], cpu: [process.arch], optional: true, version: '1.0.0' }
  const plain = { version: '1.0.0', integrity: 'sha512-a' }
  const lock = (packages) =>
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }))
  const installed = (packages) =>
    writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages }))

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'backhaul install '))
    mkdirSync(join(folder, 'node_modules'))
  })

  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('no, where npm has recorded nothing: it never ran or was cut off', () => {
    lock({ 'node_modules/a': plain })
    assert.equal(isInstalled(folder), false)
  })

  test('yes, where npm recorded what the lockfile asks for', () => {
    lock({ '': {}, 'packages/hub': {}, 'node_modules/a': plain })
    installed({ 'node_modules/a': plain })
    assert.equal(isInstalled(folder), true)
  })

  test('yes, though packages for another platform are absent', () => {
    lock({ 'node_modules/a': plain, 'node_modules/b': elsewhere })
    installed({ 'node_modules/a': plain })
    assert.equal(isInstalled(folder), true)
  })

  test('no, where the package for this platform is absent', () => {
    lock({ 'node_modules/a': plain, 'node_modules/b': here })
    installed({ 'node_modules/a': plain })
    assert.equal(isInstalled(folder), false)
  })

  test('no, where the lockfile asks for another version by now', () => {
    lock({ 'node_modules/a': plain })
    installed({ 'node_modules/a': plain })
    assert.equal(isInstalled(folder), true)
    lock({ 'node_modules/a': { ...plain, version: '1.0.1' } })
    assert.equal(isInstalled(folder), false)
  })

  test('no, where it was installed for another Node.js', () => {
    lock({ 'node_modules/a': plain })
    installed({ 'node_modules/a': plain })
    writeFileSync(join(folder, 'node_modules/.backhaul-installed'), 'abc node 12 plan9-x64\n')
    assert.equal(isInstalled(folder), false)
  })
})
