import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { ConfigError } from './config-error.ts'
import { describeConfig, describeConfigFields } from './describe-config.ts'
import { loadConfig } from './load-config.ts'

const folders: string[] = []
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'backhaul-config-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

function load(yaml: string, env: NodeJS.ProcessEnv = {}) {
  return loadConfig({ cwd: folderWith({ 'backhaul.yaml': yaml }), env })
}

/** What is wrong with a configuration, a line each. */
function problemsOf(yaml: string, env: NodeJS.ProcessEnv = {}): string[] {
  try {
    load(yaml, env)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.problems.map(({ where, message }) => `${where}: ${message}`)
  }
  return []
}

describe('the configuration', () => {
  test('needs no file', () => {
    const cwd = folderWith({})
    const { config, file } = loadConfig({ cwd, env: {} })
    assert.equal(file, null)
    assert.equal(config.port, 8484)
    assert.equal(config.dataDir, join(cwd, '.backhaul'))
    assert.deepEqual(config.roles, ['ingest', 'process', 'deliver', 'tick', 'api'])
  })

  test('is taken from the environment before the file, and from the file before the defaults', () => {
    const { config } = load('port: 1000\ndelivery:\n  leaseSeconds: 60\n', {
      BACKHAUL_PORT: '2000',
      BACKHAUL_ROLES: 'api, tick',
      BACKHAUL_METRICS_ENABLED: 'false',
      BACKHAUL_NODE_ID: '',
    })
    assert.equal(config.port, 2000)
    assert.equal(config.delivery.leaseSeconds, 60)
    assert.equal(config.delivery.requestTimeoutMs, 15_000)
    assert.deepEqual(config.roles, ['api', 'tick'])
    assert.equal(config.metrics.enabled, false)
    assert.equal(config.nodeId, undefined)
  })

  test('is frozen at every level', () => {
    const { config } = load('')
    assert.throws(() => Object.assign(config.delivery, { leaseSeconds: 1 }), TypeError)
    assert.throws(() => Object.assign(config.roles, ['api']), TypeError)
  })

  test('takes secrets from files that the environment names', () => {
    const folder = folderWith({ url: 'postgres://hub:pw@db/backhaul\n' })
    const { config } = load('', { DATABASE_URL_FILE: join(folder, 'url') })
    assert.equal(config.database.url, 'postgres://hub:pw@db/backhaul')
  })

  test('leaves the key that an administrator of another system lends to the command', () => {
    const { settings } = load('', { BACKHAUL_ADMIN_KEY: 'lent' })
    assert.doesNotMatch(JSON.stringify([...settings]), /lent/)
  })

  test('must be there where a file was named', () => {
    const cwd = folderWith({})
    assert.throws(() => loadConfig({ cwd, env: { BACKHAUL_CONFIG: 'missing.yaml' } }), {
      name: 'ConfigError',
      message: 'missing.yaml: there is no such file',
    })
  })

  test('takes a group whose fields are all commented out as not set', () => {
    assert.equal(load('log:\n#  level: debug\n').config.log.level, 'info')
  })
})

describe('a wrong configuration', () => {
  test('says where, what was given and what is expected', () => {
    assert.deepEqual(problemsOf('host: 127.0.0.1\ndatabase:\n  poolSize: 1\nport: "80"\n'), [
      'backhaul.yaml:4:7: port is "80", but must be a whole number from 0 to 65535.',
      'backhaul.yaml:3:13: database.poolSize is 1, but must be a whole number from 4 to 200.',
    ])
    assert.deepEqual(problemsOf('', { BACKHAUL_LOG_LEVEL: 'loud' }), [
      'BACKHAUL_LOG_LEVEL: log.level is "loud", but must be one of fatal, error, warn, info, debug, trace, silent.',
    ])
  })

  test('names the field or variable that was probably meant', () => {
    assert.deepEqual(
      problemsOf('hots: x\ndatabase:\n  pool: 8\nzzz: 1\n', { BACKHAUL_PROT: '1' }),
      [
        'backhaul.yaml:1:1: there is no field hots; did you mean host?',
        'backhaul.yaml:3:3: there is no field database.pool; did you mean database.poolSize?',
        'backhaul.yaml:4:1: there is no field zzz.',
        'BACKHAUL_PROT: there is no such setting; did you mean BACKHAUL_PORT?',
      ],
    )
  })

  test('never shows a secret', () => {
    const wrong = { BACKHAUL_MASTER_KEY: 'hunter2', DATABASE_URL: 'mysql://a:hunter2@b/c' }
    const problems = problemsOf('', wrong)
    assert.equal(problems.length, 2)
    assert.ok(!problems.join().includes('hunter2'))
  })

  test('is one that sets a secret and a file for it', () => {
    const [problem] = problemsOf('', { DATABASE_URL: 'postgres://a@b/c', DATABASE_URL_FILE: '/x' })
    assert.match(problem ?? '', /^DATABASE_URL_FILE: DATABASE_URL is set as well/)
  })

  test('is one whose requests outlast their lease', () => {
    const [problem] = problemsOf('delivery: { requestTimeoutMs: 60000 }')
    assert.match(problem ?? '', /^backhaul.yaml:1:31: delivery.requestTimeoutMs is 60000/)
  })

  test('is one that YAML cannot read, or that names a field twice', () => {
    assert.match(problemsOf('port: [1\n').join(), /^backhaul.yaml:2:1: /)
    assert.match(problemsOf('port: 1\nport: 2\n').join(), /^backhaul.yaml:2:1: .*unique/)
    assert.match(problemsOf('- 1').join(), /^backhaul.yaml:1:1: the file must be a group/)
  })
})

describe('the described configuration', () => {
  test('tells each value and its source, and of secrets only that they are set', () => {
    const described = describeConfig(
      load('port: 1000\n', {
        DATABASE_URL: 'postgres://hub:hunter2@db:5433/backhaul?password=hunter2',
        BACKHAUL_MASTER_KEY: 'f'.repeat(64),
      }),
    )
    const find = (key: string) => described.find((value) => value.key === key)
    assert.deepEqual(find('port'), {
      key: 'port',
      value: 1000,
      source: 'backhaul.yaml:1:7',
      isSecret: false,
    })
    assert.equal(find('host')?.source, 'default')
    assert.equal(find('database.url')?.value, 'postgres://hub:***@db:5433/backhaul?***')
    assert.equal(find('database.url')?.source, 'DATABASE_URL')
    assert.equal(find('masterKey')?.value, '[redacted]')
    assert.ok(!JSON.stringify(described).includes('hunter2'))
  })

  test('documents every field, with an environment variable of its own', () => {
    const fields = describeConfigFields()
    assert.ok(fields.length >= 20)
    const variables = fields.flatMap(({ env, envFile }) => [...env, ...envFile])
    assert.equal(new Set(variables).size, variables.length)
    for (const { key, description, env } of fields) {
      assert.match(description, /^[A-Z].*\.$/s, key)
      assert.match(env[0] ?? '', /^BACKHAUL_[A-Z_]+$/, key)
    }
  })

  test('reads back every default that it documents', () => {
    const { config } = load('')
    const port = describeConfigFields().find(({ key }) => key === 'port')
    assert.equal(port?.default, String(config.port))
  })
})
