import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { makeMessage } from '../../src/pipeline/message.ts'
import { insertWaitingMessages } from '../../src/store/inbox.ts'
import { type CliRun, type HubProcess, makeWorkplace, type Workplace } from '../support/cli.ts'
import { requested, scanned, type TestEvent, until } from '../support/ring.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

const nobody = '018f0000-0000-7000-8000-000000000000'

// biome-ignore format: a command line
const createShop = [
  'connection', 'create', 'shop', '--connector', 'webhook', '--title', 'Shop', '--role', 'channel', '--settings', '-',
]

const createPort = createShop.map((word) => (word === 'shop' ? 'port' : word))
const portSettings = {
  url: 'https://port.example/commands',
  signingSecret: `whsec_${Buffer.alloc(32, 2).toString('base64')}`,
}

let database: TestDatabase
let pool: pg.Pool
let place: Workplace
let hub: HubProcess
let key: string

/** What became of an event that was posted to the hub. */
interface Taken {
  readonly caseId: string
  readonly caseNo: string
  readonly messageId: string
  readonly outcome: string
}

async function post(event: TestEvent): Promise<Taken> {
  const { type, ...rest } = event
  const body = { specversion: '1.0', source: 'test', type: `backhaul.${type}.v1`, ...rest }
  const response = await fetch(new URL('/api/v1/events', hub.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.equal(response.status, 202)
  return (await response.json()) as Taken
}

/** Runs a command that is expected to end well, and reads its document. */
async function read<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await place.run([...args, '--json'])
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout) as T
}

function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString()
}

/** A request with an order number, so that two of them share it. */
function ordered(ref: string): TestEvent {
  const event = requested(ref, { time: minutesAgo(20) })
  return { ...event, data: { ...event.data, orderRefs: ['SO-77'] } }
}

/** Goods that came in before anybody had agreed to take them back. */
function received(ref: string): TestEvent {
  return {
    type: 'goods.received',
    id: `${ref}-received`,
    time: minutesAgo(10),
    data: {
      refs: [{ system: 'api', type: 'return', value: ref }],
      receiptId: `receipt-${ref}`,
      lines: [{ lineNo: 1, quantity: '10' }],
    },
  }
}

before(async () => {
  database = await createTestDatabase()
  pool = new pg.Pool({ connectionString: database.url, max: 2 })
  place = await makeWorkplace({
    DATABASE_URL: database.url,
    BACKHAUL_MASTER_KEY: Buffer.alloc(32, 9).toString('base64'),
  })
  hub = await place.serve()
  key = (await readFile(join(place.dataDir, 'first-admin-key'), 'utf8')).trim()
})
after(async () => {
  hub.signal('SIGTERM')
  await hub.ended
  await place.remove()
  await pool.end()
  await database.drop()
})

describe('a return', () => {
  let first: Taken
  before(async () => {
    first = await post(ordered('cli-1'))
    await post({
      ...scanned('cli-1', 5),
      data: { refs: [{ system: 'api', type: 'return', value: 'cli-1' }] },
    })
    await post(ordered('cli-2'))
  })

  test('is in the list, the newest first, a page at a time', async () => {
    const page = await read<{ items: { caseNo: string }[]; next: string }>(
      'case',
      'list',
      '--limit',
      '1',
    )
    assert.equal(page.items.length, 1)
    const rest = await read<{ items: { caseNo: string }[]; next: null }>(
      'case',
      'list',
      '--before',
      page.next,
    )
    assert.deepEqual(
      rest.items.map(({ caseNo }) => caseNo),
      [first.caseNo],
    )
    assert.equal(rest.next, null)
  })

  test('is found by its number in either case, by its id, and by what others call it', async () => {
    for (const name of [first.caseNo, first.caseNo.toLowerCase(), first.caseId, 'cli-1']) {
      const shown = await read<{ case: { caseId: string }; events: unknown[] }>(
        'case',
        'show',
        name,
      )
      assert.equal(shown.case.caseId, first.caseId, name)
      assert.equal(shown.events.length, 2)
    }
  })

  test('is told apart from another one by whoever gives an identifier of both', async () => {
    const { code, stderr } = await place.run(['case', 'show', 'SO-77'])
    assert.equal(code, 5)
    assert.match(stderr, /SO-77 leads to several returns; name one of RMA-\d{6}-\d, RMA-\d{6}-\d\./)
  })

  test('that nobody knows is not found', async () => {
    assert.equal((await place.run(['case', 'show', 'RMA-999999-0'])).code, 3)
    assert.equal((await place.run(['case', 'show', nobody])).code, 3)
  })

  test('is a line of a table for a person', async () => {
    const { code, stdout } = await place.run(['case', 'list'])
    assert.equal(code, 0)
    assert.match(stdout, /^RETURN +HEADLINE +SINCE/)
    assert.match(stdout, new RegExp(`^${first.caseNo} +`, 'm'))
  })
})

describe('an exception', () => {
  let id: string
  before(async () => {
    await post(ordered('cli-4'))
    const { caseNo } = await post(received('cli-4'))
    const { items } = await read<{ items: { exceptionId: string }[] }>(
      'exception',
      'list',
      '--case',
      caseNo,
    )
    id = items[0]?.exceptionId ?? ''
    assert.notEqual(id, '')
  })

  test('is given to somebody, as a message of the person that asked for it', async () => {
    const dry = await read<{ isDryRun: boolean }>(
      'exception',
      'assign',
      id,
      '--owner',
      'ann',
      '--dry-run',
    )
    assert.equal(dry.isDryRun, true)
    assert.equal((await read<{ owner: string | null }>('exception', 'show', id)).owner, null)
    assert.equal(
      (await read<{ owner: string }>('exception', 'assign', id, '--owner', 'ann')).owner,
      'ann',
    )
    const { rows } = await pool.query(
      `select actor from case_event where type = 'exception.assigned'`,
    )
    assert.match(rows[0].actor, /^cli:/)
  })

  test('is seen, and put out of the way until a time', async () => {
    interface Noted {
      readonly acknowledgedBy: string | null
      readonly snoozedUntil: string | null
    }
    assert.match(
      String((await read<Noted>('exception', 'acknowledge', id)).acknowledgedBy),
      /^cli:/,
    )
    const undone = await read<Noted>('exception', 'acknowledge', id, '--undo')
    assert.equal(undone.acknowledgedBy, null)
    const snoozedUntil = new Date(Date.now() + 3_600_000).toISOString()
    const noted = await read<Noted>('exception', 'snooze', id, '--until', snoozedUntil)
    assert.equal(noted.snoozedUntil, snoozedUntil)
    assert.equal((await read<Noted>('exception', 'snooze', id, '--wake')).snoozedUntil, null)
    assert.equal((await place.run(['exception', 'snooze', id])).code, 2)
    assert.equal((await place.run(['exception', 'snooze', id, '--until', 'tomorrow'])).code, 2)
  })

  test('is resolved by an action that it knows, however often, and opened again', async () => {
    const unknown = await place.run(['exception', 'resolve', id, '--action', 'pray'])
    assert.equal(unknown.code, 2)
    assert.match(unknown.stderr, /must be one of /)
    const { actions } = await read<{ actions: string[] }>('exception', 'show', id)
    const action = actions[0] ?? ''
    assert.equal(
      (await read<{ status: string }>('exception', 'resolve', id, '--action', action)).status,
      'resolved',
    )
    const again = await place.run(['exception', 'resolve', id, '--action', action])
    assert.equal(again.code, 0)
    assert.match(again.stderr, /It was so before\./)
    assert.equal((await read<{ status: string }>('exception', 'reopen', id)).status, 'open')
  })

  test('that nobody knows is not found, and what is no id is refused', async () => {
    assert.equal((await place.run(['exception', 'show', nobody])).code, 3)
    assert.equal((await place.run(['exception', 'show', 'RX01'])).code, 2)
  })
})

/** A message of a connection that cannot be read, as the door would have stored it. @returns its id. */
async function parkFromPort(name: string): Promise<string> {
  const message = makeMessage({
    connectionId: 'port',
    topic: 'canonical-events',
    externalId: name,
    body: Buffer.from(`{"broken":"${name}"}`),
    actor: 'connection:port',
  })
  const client = await pool.connect()
  try {
    const now = new Date()
    await insertWaitingMessages(client, [message], { now })
  } finally {
    client.release()
  }
  await until(async () => {
    const { rows } = await pool.query('select from parked_message where message_id = $1', [
      message.messageId,
    ])
    return rows.length > 0
  })
  return message.messageId
}

describe('a message', () => {
  let parked: Taken
  before(async () => {
    parked = await post(scanned('nobody-asked', 1))
    assert.equal(parked.outcome, 'parked')
    const { code, stderr } = await place.run(createPort, { input: JSON.stringify(portSettings) })
    assert.equal(code, 0, stderr)
  })

  test('that is parked is listed, shown without its body unless asked, and replayed', async () => {
    const { items } = await read<{ items: { messageId: string }[] }>(
      'message',
      'list',
      '--state',
      'parked',
    )
    assert.ok(items.some(({ messageId }) => messageId === parked.messageId))
    const shown = await read<{ body?: string; code: string }>('message', 'show', parked.messageId)
    assert.equal(shown.code, 'NO_CASE')
    assert.equal(shown.body, undefined)
    const whole = await read<{ body: string }>('message', 'show', parked.messageId, '--body')
    assert.equal(JSON.parse(whole.body).id, 'nobody-asked-scan-1')
    assert.equal(
      (await read<{ isQueued: boolean }>('message', 'replay', parked.messageId)).isQueued,
      true,
    )
  })

  test('is edited, or given up, for a reason, and says what was put in its place', async () => {
    interface Shown {
      readonly outcome: string | null
      readonly code: string | null
      readonly editOf: string | null
      readonly editedAs: string | null
    }
    const show = (id: string): Promise<Shown> => read<Shown>('message', 'show', id)
    const id = await parkFromPort('first')
    const other = await parkFromPort('second')
    const edit = ['message', 'edit', id, '--file', '-', '--reason', 'Their clock', '--json']
    const dry = await place.run([...edit, '--dry-run'], { input: '{"better":1}' })
    assert.deepEqual(JSON.parse(dry.stdout), {
      isDryRun: true,
      messageId: id,
      isParked: true,
      sizeBytes: 12,
    })
    const done = await place.run(edit, { input: '{"better":1}' })
    assert.equal(done.code, 0, done.stderr)
    const { messageId: editedId } = JSON.parse(done.stdout) as { messageId: string }
    assert.deepEqual(await show(id).then(({ code, editedAs }) => [code, editedAs]), [
      'EDITED',
      editedId,
    ])
    assert.equal((await show(editedId)).editOf, id)
    const again = await place.run(edit, { input: '{"better":2}' })
    assert.equal(again.code, 5, again.stderr)

    const discard = ['message', 'discard', other, '--reason', 'A test of theirs']
    assert.equal((await place.run(discard)).code, 2)
    assert.equal((await place.run([...discard, '--dry-run'])).code, 0)
    assert.equal((await show(other)).outcome, 'parked')
    assert.equal((await place.run([...discard, '--yes'])).code, 0)
    assert.deepEqual(await show(other).then(({ outcome, code }) => [outcome, code]), [
      'refused',
      'DISCARDED',
    ])
    assert.equal((await place.run(['message', 'discard', other, '--reason', 'x'])).code, 2)
    assert.equal((await place.run([...discard, '--yes'])).code, 5)
  })

  test('that nobody knows is not found, and what is no id is refused', async () => {
    assert.equal((await place.run(['message', 'replay', nobody])).code, 3)
    assert.equal((await place.run(['message', 'show', '17'])).code, 2)
  })
})

describe('a delivery', () => {
  /** One that died, to a connection that is there no more than as a row. */
  async function die(ref: string): Promise<string> {
    const { caseId, caseNo } = await post(ordered(ref))
    await pool.query(
      `insert into outbox_delivery (case_id, delivery_no, created_at, connection_id, role, command_type, command_key, case_no, case_version, occurred_at, body)
       values ($1, 9, now(), 'shop', 'channel', 'note.post', 'key', $2, 1, now(), '{}')`,
      [caseId, caseNo],
    )
    await pool.query('update return_case set delivery_seq = 9 where case_id = $1', [caseId])
    await pool.query(
      `insert into outbox_dead select case_id, delivery_no, created_at, connection_id, command_type, 3, 'REQUEST_REJECTED', 'No.', now()
       from outbox_delivery where case_id = $1 and delivery_no = 9`,
      [caseId],
    )
    return `${caseId}.9`
  }

  before(async () => {
    const settings = JSON.stringify({
      url: 'https://shop.example/commands',
      signingSecret: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    })
    const { code, stderr } = await place.run(createShop, { input: settings })
    assert.equal(code, 0, stderr)
    await read('connection', 'pause', 'shop', '--reason', 'no network here')
  })

  test('that died is listed, and replayed as a new one that the running hub sends', async () => {
    const dead = await die('cli-5')
    const { items } = await read<{ items: { deliveryId: string }[] }>(
      'delivery',
      'list',
      '--state',
      'dead',
    )
    assert.deepEqual(
      items.map(({ deliveryId }) => deliveryId),
      [dead],
    )
    const replayed = await read<{ deliveryId: string; replayOf: string }>(
      'delivery',
      'replay',
      dead,
    )
    assert.equal(replayed.replayOf, dead)
    assert.equal(
      (await read<{ state: string }>('delivery', 'show', replayed.deliveryId)).state,
      'pending',
    )
    assert.equal((await place.run(['delivery', 'replay', dead])).code, 5)
  })

  test('is one of many that are only replayed together by somebody who says so', async () => {
    const [one, two] = [await die('cli-6'), await die('cli-7')]
    assert.equal((await place.run(['delivery', 'replay', '--all'])).code, 2)
    const some = await place.run(['delivery', 'replay', '--all', '--limit', '1', '--yes', '--json'])
    assert.equal(some.code, 7)
    assert.deepEqual(JSON.parse(some.stdout), { left: 1, replayed: 1 })
    assert.deepEqual(await read('delivery', 'replay', '--all', '--yes'), { left: 0, replayed: 1 })
    assert.ok(one !== two)
  })

  test('that nobody knows is not found, and what is no id is refused', async () => {
    assert.equal((await place.run(['delivery', 'show', `${nobody}.1`])).code, 3)
    assert.equal((await place.run(['delivery', 'show', nobody])).code, 2)
  })
})

describe('a connection', () => {
  test('is shown without its secrets', async () => {
    const { code, stdout } = await place.run(['connection', 'show', 'shop'])
    assert.equal(code, 0)
    assert.match(stdout, /\*\*\*\*\*\*\*\*/)
    assert.doesNotMatch(stdout, /whsec_/)
  })

  test('is not made from settings that do not fit, and no secret of theirs is quoted', async () => {
    const args = [
      'connection',
      'create',
      'crm',
      '--connector',
      'webhook',
      '--title',
      'CRM',
      '--role',
      'crm',
      '--settings',
      '-',
    ]
    const settings = JSON.stringify({ url: 'https://crm.example', signingSecret: 'my-secret-word' })
    const { code, stderr } = await place.run(args, { input: settings })
    assert.equal(code, 2)
    assert.match(stderr, /\/config\/signingSecret/)
    assert.doesNotMatch(stderr, /my-secret-word/)
  })

  test('is disabled only by somebody who says so, and can have one name only', async () => {
    assert.equal((await place.run(['connection', 'disable', 'shop'])).code, 2)
    const settings = JSON.stringify({
      url: 'https://shop.example',
      signingSecret: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    })
    assert.equal((await place.run(createShop, { input: settings })).code, 5)
    assert.equal(
      (await read<{ state: string }>('connection', 'disable', 'shop', '--yes')).state,
      'disabled',
    )
    assert.equal((await place.run(['connection', 'show', 'nobody'])).code, 3)
  })
})

describe('a key', () => {
  test('is the only thing on stdout when it is made, and opens the API until it is revoked', async () => {
    const { code, stdout, stderr } = await place.run([
      'key',
      'create',
      'scripts',
      '--role',
      'auditor',
    ])
    assert.equal(code, 0)
    assert.match(stdout, /^bhk_[0-9a-f]{16}_[A-Za-z0-9_-]{43}\n$/)
    assert.match(stderr, /not shown again/)
    const keyId = stdout.slice(4, 20)
    const headers = { authorization: `Bearer ${stdout.trim()}` }
    assert.equal((await fetch(new URL('/api/v1/returns', hub.url), { headers })).status, 200)
    assert.equal((await place.run(['key', 'revoke', keyId, '--no-input'])).code, 2)
    assert.equal((await place.run(['key', 'revoke', keyId, '--yes'])).code, 0)
    assert.equal((await place.run(['key', 'revoke', 'nobody', '--yes'])).code, 3)
  })

  test('is not made by a dry run', async () => {
    // When each was last used is written now and then, by the hub that runs.
    const keys = async () => {
      const { items } = await read<{ items: { keyId: string }[] }>('key', 'list')
      return items.map(({ keyId }) => keyId)
    }
    const earlier = await keys()
    await read('key', 'create', 'never', '--role', 'admin', '--dry-run')
    assert.deepEqual(await keys(), earlier)
  })
})

describe('what a command writes', () => {
  test('is sealed with the hub’s key, or not written at all', async () => {
    const args = ['key', 'create', 'stranger', '--role', 'admin', '--json']
    const other = { BACKHAUL_MASTER_KEY: Buffer.alloc(32, 1).toString('base64') }
    const wrong = await place.run(args, { env: other })
    assert.equal(wrong.code, 1)
    assert.equal(JSON.parse(wrong.stderr).code, 'SECRET_UNREADABLE')
    const missing = await place.run(args, { env: { BACKHAUL_MASTER_KEY: '' } })
    assert.equal(missing.code, 4)
    assert.equal(JSON.parse(missing.stderr).code, 'MASTER_KEY_MISSING')
  })

  test('leaves an audit log that is whole, in which an edit is found', async () => {
    const whole = await read<{ isWhole: boolean; counts: { events: number } }>('audit', 'verify')
    assert.equal(whole.isWhole, true)
    assert.ok(whole.counts.events > 5)
    await pool.query(`update case_event set actor = 'nobody' where type = 'exception.assigned'`)
    const { code, stdout } = await place.run(['audit', 'verify', '--json'])
    assert.equal(code, 1)
    assert.deepEqual(
      (JSON.parse(stdout).findings as { kind: string }[]).map(({ kind }) => kind),
      ['event_edited'],
    )
  })
})

describe('doctor', () => {
  test('looks at everything, and finds the running hub', async () => {
    const { checks, failed } = await read<{
      checks: { check: string; status: string }[]
      failed: number
    }>('doctor')
    assert.equal(failed, 0)
    const statuses = new Map(checks.map(({ check, status }) => [check, status]))
    for (const check of [
      'configuration',
      'database',
      'clock',
      'tables',
      'master key',
      'API keys',
      'processes',
    ]) {
      assert.equal(statuses.get(check), 'ok', check)
    }
  })
})

describe('a database of another time', () => {
  /** Runs a command while the database says that it was migrated otherwise. */
  async function during(change: string, undo: string, args: readonly string[]): Promise<CliRun> {
    await pool.query(change)
    try {
      return await place.run(args)
    } finally {
      await pool.query(undo)
    }
  }

  test('is not touched before it is migrated, and says by what', async () => {
    const change = `create table held as table schema_migration; delete from schema_migration`
    const undo = `insert into schema_migration select * from held; drop table held`
    const run = await during(change, undo, ['case', 'list'])
    assert.equal(run.code, 1)
    assert.match(run.stderr, /The database lacks 0001_\w+\.sql.* Run: backhaul migrate/)
    const plan = await during(change, undo, ['migrate', '--plan', '--json'])
    assert.equal(JSON.parse(plan.stdout).pending[0].slice(0, 5), '0001_')
  })

  test('that a newer hub has written is refused', async () => {
    const run = await during(
      `insert into schema_migration (name, digest) values ('9999_later.sql', '')`,
      `delete from schema_migration where name = '9999_later.sql'`,
      ['migrate'],
    )
    assert.equal(run.code, 1)
    assert.match(run.stderr, /written by a newer hub: it has 9999_later\.sql\. Run the version/)
  })

  test('whose password is wrong is a matter of credentials', async () => {
    const url = new URL(database.url)
    url.password = 'wrong'
    const { code, stderr } = await place.run(['case', 'list'], { env: { DATABASE_URL: url.href } })
    assert.equal(code, 4)
    assert.match(stderr, /The database refuses the password/)
  })
})

test('operations are listed, and one that there is not is no operation', async () => {
  assert.deepEqual((await read<{ items: unknown[] }>('operation', 'list')).items, [])
  assert.equal((await place.run(['operation', 'show', 'x'])).code, 2)
  assert.notEqual((await place.run(['operation', 'cancel', nobody])).code, 0)
})
