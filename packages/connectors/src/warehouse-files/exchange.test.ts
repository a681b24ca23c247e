import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Delivered, GuardedFetch, PollPage } from '@backhaul/sdk/connector'
import { config } from './config.ts'
import warehouse from './index.ts'
import { markerName } from './stores/folder-store.ts'
import { readInterchange } from './x12/envelope.ts'

const now = new Date('2026-11-23T06:00:00Z')
const earlier = new Date(now.getTime() - 60_000)
const noFetch: GuardedFetch = () => Promise.reject(new Error('nothing is fetched'))

const isa = (number: string) =>
  `ISA*00*          *00*          *ZZ*ACMEWMS        *ZZ*OURCOMPANY     *261123*0550*U*00401*${number}*0*P*>~`
const receipt = (number: string, { trailer = `GE*1*${Number(number)}~IEA*1*${number}~` } = {}) =>
  `${isa(number)}GS*RE*ACMEWMS*OURCOMPANY*20261123*0550*${Number(number)}*X*004010~` +
  `ST*944*0001~W17*F*20261123*REC-1*RMA-000123-7~W07*2*EA**VN*PUMP-12V~SE*4*0001~${trailer}`

let root = ''
before(() => {
  root = mkdtempSync(join(tmpdir(), 'backhaul-exchange-'))
})
after(() => rmSync(root, { recursive: true, force: true }))

/** A connection to an exchange: how it is configured, and where its files lie on this machine. */
interface Exchange {
  readonly settings: object
  readonly folder: string
}

function newFolder(name: string): Exchange {
  const folder = join(root, name)
  for (const one of ['to-warehouse', 'from-warehouse'])
    mkdirSync(join(folder, one), { recursive: true })
  writeFileSync(join(folder, markerName), '')
  return { settings: { path: folder }, folder }
}

function common({ settings }: Exchange, more: object = {}) {
  const signal = AbortSignal.timeout(20_000)
  const dial = async ({ host, port }: { host: string; port: number }) => {
    const socket = connect(port, host).setNoDelay(true)
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return socket
  }
  return { config: config.parse({ ...settings, ...more }), fetch: noFetch, dial, signal, now }
}

function pull(exchange: Exchange, cursor: string | null, more: object = {}): Promise<PollPage> {
  const poll = warehouse.polls['files']
  assert.ok(poll)
  return poll.pull({ ...common(exchange, more), cursor, limit: 500 })
}

function put(exchange: Exchange, name: string, body = 'return\nRMA-000123-7\n') {
  const definition = warehouse.delivers['receipt.expect']
  assert.ok(definition)
  const line = { lineNo: 1, product: { sku: 'PUMP-12V' }, quantity: '2', unit: 'EA' }
  const request = {
    method: 'PUT',
    path: `/out/${name}`,
    query: {},
    headers: {},
    body,
    contentType: null,
  }
  const command = {
    type: 'receipt.expect' as const,
    caseId: '01920000-0000-7000-8000-000000000001',
    caseNo: 'RMA-000123-7',
    caseVersion: 3,
    occurredAt: now.toISOString(),
    body: { lines: [line] },
  }
  const delivery = { ...common(exchange), command, idempotencyKey: 'bh_1', attempt: 1, request }
  const deliver: Promise<Delivered> = definition.deliver(delivery)
  return { deliver, readBack: () => definition.idempotency.readBack?.(delivery) }
}

function arrive({ folder }: Exchange, name: string, text: string): void {
  const path = join(folder, 'from-warehouse', name)
  writeFileSync(path, text, 'latin1')
  utimesSync(path, earlier, earlier)
}

const names = ({ folder }: Exchange, below: string) =>
  existsSync(join(folder, below))
    ? readdirSync(join(folder, below), { withFileTypes: true })
        .filter((one) => one.isFile())
        .map((one) => one.name)
    : []

/** What must hold of every exchange, wherever its files lie. */
function exchanges(title: string, open: () => Exchange): void {
  describe(title, () => {
    test('takes files once, archives them when they are kept, and acknowledges X12', async () => {
      const exchange = open()
      arrive(exchange, 'b.edi', receipt('000000101'))
      arrive(exchange, 'a.csv', 'receipt;sku\nR-1;PUMP-12V\n')
      const first = await pull(exchange, null)
      const ids = first.messages.map(({ messageId }) => messageId)
      assert.match(ids[0] ?? '', /^receipts:file:[0-9a-f]{64}$/)
      assert.equal(ids[1], '944:x12:ZZ:ACMEWMS:OURCOMPANY:P:000000101')
      assert.equal(
        Buffer.from(first.messages[1]?.body as Uint8Array).toString('latin1'),
        receipt('000000101'),
      )
      assert.deepEqual(
        names(exchange, 'from-warehouse'),
        ['a.csv', 'b.edi'],
        'nobody has kept them yet',
      )
      assert.deepEqual(
        (await pull(exchange, null)).messages,
        first.messages,
        'who died before reads the same',
      )
      const second = await pull(exchange, first.cursor)
      assert.deepEqual([second.messages, second.hasMore], [[], false])
      assert.deepEqual(names(exchange, 'from-warehouse'), [])
      assert.deepEqual(
        names(exchange, 'from-warehouse/archive')
          .map((name) => name.slice(9))
          .toSorted(),
        ['a.csv', 'b.edi'],
      )
      const [name = ''] = names(exchange, 'to-warehouse')
      assert.match(name, /^997-5\d{8}\.edi$/)
      const text = readFileSync(join(exchange.folder, 'to-warehouse', name), 'latin1')
      assert.match(
        text,
        /~ST\*997\*0001~AK1\*RE\*101~AK2\*944\*0001~AK5\*A~AK9\*A\*1\*1\*1~SE\*6\*0001~/,
      )
      const read = readInterchange(Buffer.from(text))
      assert.deepEqual(
        [read?.sender, read?.receiver, read?.isWhole],
        ['OURCOMPANY', 'ACMEWMS', true],
      )
      assert.deepEqual(read?.groups[0]?.sets, [
        { set: '997', controlNumber: '0001', problem: null },
      ])
      assert.equal(name, `997-${read?.controlNumber}.edi`)
    })

    test('gives every acknowledgment a number of its own, whatever is begun anew', async () => {
      const exchange = open()
      for (const number of ['000000111', '000000112'])
        arrive(exchange, `${number}.edi`, receipt(number))
      const first = await pull(exchange, null)
      const again = await pull(exchange, first.cursor)
      arrive(exchange, 'c.edi', receipt('000000113'))
      const later = await pull(exchange, again.cursor)
      await pull(exchange, later.cursor)
      const numbers = names(exchange, 'to-warehouse').filter((name) => name.startsWith('997'))
      assert.equal(new Set(numbers).size, 3)
    })

    test('settles a file once, however often it dies over it', async () => {
      const exchange = open()
      arrive(exchange, 'd.edi', receipt('000000121'))
      const { cursor } = await pull(exchange, null)
      await pull(exchange, cursor)
      const settled = names(exchange, 'to-warehouse')
      await pull(exchange, cursor)
      assert.deepEqual(names(exchange, 'to-warehouse'), settled)
    })

    test('writes a file whole, once, and never over another one', async () => {
      const exchange = open()
      const delivered = await put(
        exchange,
        '180-1.edi',
        receipt('000000131').replace('GS*RE', 'GS*AN'),
      ).deliver
      assert.deepEqual(delivered, {
        externalId: '180-1.edi',
        refs: [{ type: 'interchange', value: '131' }],
      })
      assert.deepEqual(await put(exchange, 'e.csv').deliver, { externalId: 'e.csv', refs: [] })
      assert.deepEqual(await put(exchange, 'e.csv').deliver, { externalId: 'e.csv', refs: [] })
      assert.deepEqual(
        names(exchange, 'to-warehouse').filter((name) => name.endsWith('.tmp')),
        [],
      )
      await assert.rejects(put(exchange, 'e.csv', 'return\nother\n').deliver, {
        kind: 'terminal',
        code: 'FILE_EXISTS',
      })
    })

    test('knows what it wrote as long as it is there, and after the warehouse has taken it', async () => {
      const exchange = open()
      const one = put(exchange, 'f.csv')
      await one.deliver
      assert.deepEqual(await one.readBack(), { state: 'applied', externalId: 'f.csv' })
      const from = join(exchange.folder, 'to-warehouse/f.csv')
      const bytes = readFileSync(from)
      rmSync(from)
      assert.deepEqual(await one.readBack(), { state: 'absent' })
      mkdirSync(join(exchange.folder, 'to-warehouse/archive'), { recursive: true })
      writeFileSync(join(exchange.folder, 'to-warehouse/archive/f.csv'), bytes)
      assert.deepEqual(await one.readBack(), { state: 'applied', externalId: 'f.csv' })
    })
  })
}

exchanges('an exchange in a folder', () =>
  newFolder(`folder-${Math.random().toString(36).slice(2)}`),
)

describe('what lies in the folder', () => {
  test('is left alone until its name is final and it is whole', async () => {
    const exchange = newFolder('unfinished')
    for (const name of ['a.csv.tmp', '.hidden.csv', 'b.edi.filepart'])
      arrive(exchange, name, 'receipt\n1\n')
    arrive(exchange, 'cut.edi', receipt('000000141', { trailer: '' }))
    writeFileSync(join(exchange.folder, 'from-warehouse/young.csv'), 'receipt\n1\n')
    utimesSync(join(exchange.folder, 'from-warehouse/young.csv'), now, now)
    assert.deepEqual((await pull(exchange, null)).messages, [])
    const old = new Date(now.getTime() - 11 * 60_000)
    utimesSync(join(exchange.folder, 'from-warehouse/cut.edi'), old, old)
    const page = await pull(exchange, null)
    assert.deepEqual(
      page.messages.map(({ topic }) => topic),
      ['944'],
      'people look at what stays cut',
    )
    await pull(exchange, page.cursor)
    assert.deepEqual(names(exchange, 'to-warehouse'), [], 'and it is not acknowledged')
  })

  test('is told of a transaction that did not come whole, while the others are taken', async () => {
    const exchange = newFolder('bad-set')
    const text = receipt('000000151').replace(
      '~SE*4*0001~GE*1',
      '~SE*9*0001~ST*944*0002~W17*F*20261123*REC-2~SE*3*0002~GE*2',
    )
    arrive(exchange, 'x.edi', text)
    const { cursor } = await pull(exchange, null)
    await pull(exchange, cursor)
    const [name = ''] = names(exchange, 'to-warehouse')
    const sent = readFileSync(join(exchange.folder, 'to-warehouse', name), 'latin1')
    assert.match(sent, /AK2\*944\*0001~AK5\*R\*4~AK2\*944\*0002~AK5\*A~AK9\*P\*2\*2\*1~/)
  })

  test('is one message for each kind of group, and a 997 is never acknowledged', async () => {
    const exchange = newFolder('mixed')
    const ack =
      'GS*FA*ACMEWMS*OURCOMPANY*20261123*0550*7*X*004010~ST*997*0001~AK1*AN*131~AK9*A*1*1*1~SE*4*0001~GE*1*7~'
    arrive(exchange, 'only.edi', `${isa('000000161')}${ack}IEA*1*000000161~`)
    arrive(exchange, 'two.edi', receipt('000000162').replace('IEA*1*', `${ack}IEA*2*`))
    const first = await pull(exchange, null)
    assert.deepEqual(
      first.messages.map(({ topic }) => topic),
      ['997', '944', '997'],
    )
    await pull(exchange, first.cursor)
    const sent = names(exchange, 'to-warehouse').map((name) =>
      readFileSync(join(exchange.folder, 'to-warehouse', name), 'latin1'),
    )
    assert.equal(sent.length, 1)
    assert.doesNotMatch(sent[0] ?? '', /AK1\*FA/)
  })

  test('is told by its content where control numbers are repeated', async () => {
    const exchange = newFolder('repeated-numbers')
    arrive(exchange, 'a.edi', receipt('000000001'))
    arrive(exchange, 'b.edi', receipt('000000001').replace('REC-1', 'REC-2'))
    const trusting = (await pull(exchange, null)).messages.map(({ messageId }) => messageId)
    assert.equal(trusting[0], trusting[1], 'two contents under one number are for people')
    const page = await pull(exchange, null, { trustsControlNumbers: false })
    assert.equal(new Set(page.messages.map(({ messageId }) => messageId)).size, 2)
  })

  test('is put aside and told of when it is too large, and holds up none behind it', async () => {
    const exchange = newFolder('large')
    arrive(exchange, 'a.csv', 'x'.repeat(2_000))
    arrive(exchange, 'b.csv', 'receipt\n1\n')
    const page = await pull(exchange, null, { maxFileBytes: 1_024 })
    assert.deepEqual(
      page.messages.map(({ topic }) => topic),
      ['refused-file', 'receipts'],
    )
    await pull(exchange, page.cursor, { maxFileBytes: 1_024 })
    assert.deepEqual(names(exchange, 'from-warehouse/refused'), ['a.csv'])
  })

  test('is not touched unless its owner agrees', async () => {
    const exchange = newFolder('unmarked')
    rmSync(join(exchange.folder, markerName))
    await assert.rejects(pull(exchange, null), { code: 'FOLDER_NOT_MARKED' })
    await assert.rejects(put(exchange, 'a.csv').deliver, { code: 'FOLDER_NOT_MARKED' })
  })

  test('has no name that leads elsewhere', async () => {
    const exchange = newFolder('names')
    for (const name of ['..', '.x', 'a.tmp', 'a b.csv', '%2e%2e']) {
      await assert.rejects(put(exchange, name).deliver, { code: 'FILE_NAME_REFUSED' }, name)
    }
    for (const more of [
      { inbound: '../x' },
      { outbound: '/etc' },
      { archive: 'a/../b' },
      { path: 'relative' },
    ]) {
      assert.throws(
        () => config.parse({ path: '/x', ...more }),
        { name: 'ZodError' },
        JSON.stringify(more),
      )
    }
  })

  test('is counted by a test of the connection', async () => {
    const exchange = newFolder('checked')
    arrive(exchange, 'a.csv', 'receipt\n')
    const report = await warehouse.check?.(common(exchange))
    assert.deepEqual(report?.notes, ['1 files to read, 0 that the warehouse has not taken.'])
  })
})

const sshd = '/usr/sbin/sshd'
const keygenProgram = '/usr/bin/ssh-keygen'
const canServe =
  [sshd, keygenProgram].every((program) => existsSync(program)) &&
  process.platform === 'linux' &&
  userInfo().uid === 0

if (canServe) {
  const servers: (() => void)[] = []
  let settings: object = {}
  let count = 0

  before(async () => {
    const home = join(root, 'sshd')
    mkdirSync(home, { recursive: true, mode: 0o700 })
    const keygen = (name: string) =>
      execFileSync(keygenProgram, ['-q', '-t', 'ed25519', '-N', '', '-f', join(home, name)])
    for (const name of ['host', 'user']) keygen(name)
    writeFileSync(join(home, 'keys'), readFileSync(join(home, 'user.pub')), { mode: 0o600 })
    mkdirSync('/run/sshd', { recursive: true })
    const port = await freePort()
    const lines = [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${home}/host`,
      `AuthorizedKeysFile ${home}/keys`,
      'UsePAM no',
      'StrictModes no',
      'PasswordAuthentication no',
      'PermitRootLogin prohibit-password',
      `PidFile ${home}/pid`,
      'Subsystem sftp internal-sftp',
      'ForceCommand internal-sftp',
    ]
    writeFileSync(join(home, 'config'), `${lines.join('\n')}\n`)
    const child = spawn(sshd, ['-D', '-e', '-f', join(home, 'config')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    servers.push(() => child.kill())
    await new Promise((resolve) =>
      child.stderr.on('data', (text) => /listening/i.test(String(text)) && resolve(null)),
    )
    const printed = execFileSync(keygenProgram, ['-lf', join(home, 'host.pub')])
      .toString()
      .split(' ')[1]
    const privateKey = readFileSync(join(home, 'user'), 'utf8')
    settings = {
      host: '127.0.0.1',
      port,
      user: userInfo().username,
      privateKey,
      hostKeys: [printed],
    }
  })
  after(() => servers.forEach((stop) => stop()))

  exchanges('an exchange by OpenSSH internal-sftp', () => {
    count += 1
    const { folder } = newFolder(`sftp-${count}`)
    return { settings: { sftp: { ...settings, root: folder } }, folder }
  })

  describe('a server of SFTP', () => {
    test('that shows another key is told nothing, and its key is named', async () => {
      const hostKeys = [`SHA256:${'A'.repeat(43)}`]
      const exchange = { settings: { sftp: { ...settings, hostKeys } }, folder: root }
      await assert.rejects(pull(exchange, null), { kind: 'terminal', code: 'HOST_KEY_UNKNOWN' })
    })

    test('that refuses us says so', async () => {
      const exchange = { settings: { sftp: { ...settings, user: 'nobody-there' } }, folder: root }
      await assert.rejects(pull(exchange, null), { kind: 'retryable', code: 'AUTH_REJECTED' })
    })
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : 0),
      )
    })
  })
}
