import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'

import { root } from './lib/paths.mjs'
import { runTests } from './lib/run-tests.mjs'
import { sourceFlags } from './lib/source.mjs'

const run = promisify(execFile)
const guide = join(root, 'docs/how-to/add-a-connector.md')
const idleMs = 60_000

/** Files by the path that the first line of a block names; JSON and CSV have no comments, so that the line is no part of theirs. */
function filesOf(text) {
  const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
  return blocks.flatMap(([, , block]) => {
    const [first = '', ...rest] = block.split('\n')
    const [, path] = /^(?:\/\/|#|<!--) (packages\/\S+)/.exec(first) ?? []
    return path === undefined ? [] : [{ path, content: rest.join('\n') }]
  })
}

/** A copy of the project as a contributor has it, who added the folders of the guide and changed nothing else. */
function copyProject(folder) {
  for (const name of ['package.json', 'tsconfig.base.json', 'biome.json']) {
    cpSync(join(root, name), join(folder, name))
  }
  const isSource = (path) => !/[/\\](node_modules|dist)$/.test(path)
  cpSync(join(root, 'packages'), join(folder, 'packages'), { recursive: true, filter: isSource })
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@backhaul'), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name.startsWith('@backhaul') || name === '.bin') continue
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction')
  }
  for (const name of readdirSync(join(folder, 'packages'))) {
    symlinkSync(join(folder, 'packages', name), join(modules, '@backhaul', name), 'junction')
  }
}

describe('the connector of the guide', () => {
  let folder
  const files = filesOf(readFileSync(guide, 'utf8'))

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'backhaul-guide-'))
    copyProject(folder)
    for (const { path, content } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), content, { flag: 'wx' })
    }
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const node = (...args) => run(process.execPath, args, { cwd: folder })

  test('takes the folders of its own name, and changes no file that was there', () => {
    const own = /^packages\/connectors\/(src|channels)\/tidewell\//
    assert.ok(files.length > 5)
    assert.deepEqual(
      files.map(({ path }) => path).filter((path) => !own.test(path)),
      [],
    )
  })

  test('compiles', async () => {
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = await node(tsc, '-p', join(folder, 'packages/connectors/tsconfig.json'))
    assert.equal(stdout, '')
  })

  test('is written as the project is', async () => {
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
    const at = 'packages/connectors'
    await node(biome, 'check', `${at}/src/tidewell`, `${at}/channels/tidewell`)
  })

  test('is found as the hub finds connectors', async () => {
    const program = `import { connectors } from '@backhaul/connectors'
      const found = connectors.find(({ key }) => key === 'tidewell')
      process.stdout.write(Object.keys(found?.delivers ?? {}).join())`
    const { stdout } = await node(...sourceFlags, '--input-type=module', '--eval', program)
    assert.equal(stdout, 'receipt.expect')
  })

  test('passes the suite of every connector', async () => {
    const file = join(folder, 'packages/connectors/src/tidewell/conformance.test.ts')
    const { failed, passed, output } = await runTests([file], { idleMs })
    assert.equal(failed, 0, output)
    assert.ok(passed > 20, `${passed} passed`)
  })

  test('has documents that make of their examples what they say', async () => {
    const file = join(folder, 'packages/hub/test/channels.test.ts')
    const flags = ['--test-name-pattern=tidewell']
    const { failed, passed, output } = await runTests([file], { idleMs, flags })
    assert.equal(failed, 0, output)
    assert.ok(passed >= 2, `${passed} passed`)
  })
})
