import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { makeWorkplace, type Workplace } from '../support/cli.ts'

let place: Workplace
before(async () => {
  place = await makeWorkplace()
})
after(() => place.remove())

describe('the command line', () => {
  test('says what it can do', async () => {
    const { code, stdout, stderr } = await place.run(['--help'])
    assert.equal(code, 0)
    assert.equal(stderr, '')
    for (const command of ['serve', 'doctor', 'case', 'exception', 'audit', 'completion']) {
      assert.match(stdout, new RegExp(`^  ${command}\\b`, 'm'))
    }
  })

  test('guesses what a mistyped command was meant to be', async () => {
    const { code, stdout, stderr } = await place.run(['excepton', 'list'])
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /unknown command 'excepton' \(Did you mean exception\?\)/)
    assert.match((await place.run(['case', 'shw', 'x'])).stderr, /Did you mean show\?/)
    assert.match(
      (await place.run(['case', 'list', '--chanel', 'x'])).stderr,
      /Did you mean --channel\?/,
    )
  })

  test('tells a program in JSON what a person is told in words', async () => {
    const { code, stdout, stderr } = await place.run(['case', 'list', '--limit', '0', '--json'])
    assert.equal(code, 2)
    assert.equal(stdout, '')
    const problem = JSON.parse(stderr)
    assert.deepEqual(
      { code: problem.code, exitCode: problem.exitCode, retryable: problem.retryable },
      { code: 'USAGE', exitCode: 2, retryable: false },
    )
    assert.match(problem.detail, /from 1 to 1000/)
  })

  test('prints JSON with its keys in order', async () => {
    const { stdout } = await place.run(['version', '--json'])
    const keys = Object.keys(JSON.parse(stdout))
    assert.deepEqual(keys, keys.toSorted())
    assert.deepEqual(keys, ['node', 'platform', 'version'])
  })

  test('needs a command, and says so without doing anything', async () => {
    const { code, stdout, stderr } = await place.run([])
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /^Usage: backhaul/)
  })
})

describe('a configuration that cannot be used', () => {
  test('is answered with a sentence for each fault, with its place, and nothing is started', async () => {
    await writeFile(
      join(place.folder, 'backhaul.yaml'),
      'port: 99999\nhots: here\nlog:\n  level: loud\n',
    )
    const env = { BACKHAUL_DATABASE_POOL_SIZE: 'many' }
    const { code, stdout, stderr } = await place.run(['serve'], { env })
    await writeFile(join(place.folder, 'backhaul.yaml'), '')
    assert.equal(code, 2)
    assert.equal(stdout, '')
    const lines = stderr.trimEnd().split('\n')
    assert.equal(lines.length, 4)
    assert.match(stderr, /^backhaul: backhaul\.yaml:1:7: port is 99999, but must be/m)
    assert.match(
      stderr,
      /^backhaul: backhaul\.yaml:2:1: there is no field hots; did you mean host\?/m,
    )
    assert.match(stderr, /^backhaul: backhaul\.yaml:4:10: log\.level/m)
    assert.match(stderr, /^backhaul: BACKHAUL_DATABASE_POOL_SIZE: /m)
  })

  test('is a list of problems for a program', async () => {
    const { code, stderr } = await place.run(['config', 'show', '--json'], {
      env: { BACKHAUL_PORT: 'x' },
    })
    assert.equal(code, 2)
    const { code: problemCode, problems } = JSON.parse(stderr)
    assert.equal(problemCode, 'CONFIG_INVALID')
    assert.equal(problems[0].where, 'BACKHAUL_PORT')
  })
})

describe('config show', () => {
  test('says where each setting comes from, and no secret', async () => {
    const env = {
      BACKHAUL_PORT: '9001',
      DATABASE_URL: 'postgres://hub:very-secret@db.example/returns',
      BACKHAUL_MASTER_KEY: Buffer.alloc(32, 3).toString('base64'),
    }
    const { code, stdout } = await place.run(['config', 'show', '--json'], { env })
    assert.equal(code, 0)
    const settings = new Map(
      (JSON.parse(stdout).settings as { key: string }[]).map((setting) => [setting.key, setting]),
    )
    assert.deepEqual(settings.get('port'), {
      isSecret: false,
      key: 'port',
      source: 'BACKHAUL_PORT',
      value: 9001,
    })
    assert.doesNotMatch(stdout, /very-secret/)
    assert.ok(!stdout.includes(env.BACKHAUL_MASTER_KEY))
    assert.match(stdout, /db\.example/)
  })
})

describe('a database that is not there', () => {
  test('is not made by a command that only looks', async () => {
    const { code, stderr } = await place.run(['case', 'list'])
    assert.equal(code, 6)
    assert.match(stderr, /There is no database in .* yet\. Start the hub with: backhaul serve/)
  })

  test('and does not answer is a reason of its own', async () => {
    const env = { DATABASE_URL: 'postgres://hub:secret@127.0.0.1:1/returns' }
    const { code, stderr } = await place.run(['key', 'list', '--json'], { env })
    assert.equal(code, 6)
    const problem = JSON.parse(stderr)
    assert.equal(problem.code, 'DATABASE_UNAVAILABLE')
    assert.equal(problem.retryable, true)
    assert.doesNotMatch(stderr, /secret/)
  })
})

/** Has a shell say whether it understands a script; null where the shell is not installed. */
async function understands(shell: string, script: string): Promise<boolean | null> {
  const file = join(place.folder, `completion.${shell}`)
  await writeFile(file, script)
  const { error, status } = spawnSync(shell, ['-n', file])
  return error ? null : status === 0
}

describe('completion', () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    test(`is a script that ${shell} understands`, async (t) => {
      const { code, stdout } = await place.run(['completion', shell])
      assert.equal(code, 0)
      const isUnderstood = await understands(shell, stdout)
      if (isUnderstood === null) t.skip(`${shell} is not installed`)
      else assert.ok(isUnderstood)
    })
  }

  /** What bash offers behind these words. */
  async function offered(words: readonly string[]): Promise<string[]> {
    const { stdout: script } = await place.run(['completion', 'bash'])
    const typed = words.map((word) => `'${word}'`).join(' ')
    const ask = `COMP_WORDS=(${typed}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _backhaul; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = spawnSync('bash', ['-c', `${script}\n${ask}`], { encoding: 'utf8' })
    return stdout.split('\n').filter((line) => line !== '')
  }

  test('offers commands, what is below them, and the values that an option takes', async () => {
    assert.deepEqual(await offered(['backhaul', 'ca']), ['case'])
    assert.deepEqual(await offered(['backhaul', '--json', 'case', 'l']), ['list'])
    assert.deepEqual(await offered(['backhaul', 'exception', 'list', '--status', '']), [
      'open',
      'resolved',
      'any',
    ])
    assert.deepEqual(await offered(['backhaul', 'case', 'show', 'RMA-1', '--li']), ['--limit'])
    assert.deepEqual(await offered(['backhaul', 'completion', 'z']), ['zsh'])
  })

  test('runs nothing of what was typed so far', async () => {
    const words = ['backhaul', 'case', '$(echo case >&2; kill $$)', '']
    assert.deepEqual(await offered(words), [])
  })
})
