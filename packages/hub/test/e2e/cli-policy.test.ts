import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { makeWorkplace, type Workplace } from '../support/cli.ts'

const standard = fileURLToPath(new URL('../../policies/standard-returns.yaml', import.meta.url))

const small = `policy: 1
name: small
rules:
  - { id: R1, version: 1, title: Only pumps, level: line, verdict: deny, if: line.sku != "PUMP" }
`

describe('the rules on the command line', () => {
  let place: Workplace
  before(async () => {
    place = await makeWorkplace()
    await writeFile(
      join(place.folder, 'small.yaml'),
      small.replace(' != ', ' == null || line.sku != '),
    )
    await writeFile(join(place.folder, 'wrong.yaml'), small.replace('line.sku', 'line.color'))
    await writeFile(
      join(place.folder, 'untrue.yaml'),
      `${small}examples:\n  - { name: a hose, verdict: allow, inputs: { lines: [{ lineNo: 1, sku: HOSE }] } }\n`,
    )
  })
  after(() => place.remove())

  test('that come with the hub can be used, and their examples hold', async () => {
    assert.equal((await place.run(['policy', 'check', standard])).code, 0)
    const { code, stdout } = await place.run(['policy', 'test', standard, '--json'])
    assert.equal(code, 0)
    assert.equal((JSON.parse(stdout) as { failed: number }).failed, 0)
  })

  test('are refused with the place of what is wrong', async () => {
    const { code, stdout } = await place.run(['policy', 'check', 'wrong.yaml', '--json'])
    assert.equal(code, 2)
    const { problems } = JSON.parse(stdout) as { problems: { line: number; path: string }[] }
    assert.deepEqual(
      problems.map(({ line, path }) => [line, path]),
      [[4, 'rules[0].if']],
    )
    const used = await place.run(['policy', 'test', 'wrong.yaml'])
    assert.equal(used.code, 2)
    assert.match(used.stderr, /wrong\.yaml:4:\d+/)
  })

  test('whose examples do not hold end with 1', async () => {
    const { code, stdout } = await place.run(['policy', 'test', 'untrue.yaml'])
    assert.equal(code, 1)
    assert.match(stdout, /the verdict is "deny", not "allow"/)
  })

  test('say what they would decide', async () => {
    const inputs = '{"lines": [{"lineNo": 1, "sku": "HOSE"}]}'
    const { code, stdout } = await place.run([
      'policy',
      'simulate',
      'small.yaml',
      '--inputs',
      inputs,
    ])
    assert.equal(code, 0)
    assert.match(stdout, /R1 v1/)
    assert.match(stdout, /line\.sku=HOSE/)
    const wrong = '{"lines": [{"lineNo": 1, "size": 3}]}'
    assert.equal((await place.run(['policy', 'simulate', 'small.yaml', '--inputs', wrong])).code, 2)
  })
})
