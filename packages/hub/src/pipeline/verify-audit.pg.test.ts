import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { requested, scanned, startRing, type TestRing } from '../../test/support/ring.ts'
import { systemClock } from '../platform/clock.ts'
import { auditHash, auditText, chainLink, sealHead } from '../store/audit.ts'
import { type Pool, withTransaction } from '../store/database.ts'
import { createAuditAnchor } from './anchor-audit.ts'
import type { AuditFinding, AuditFindingKind } from './audit/finding.ts'
import { createAuditRecorder } from './audit-recorder.ts'
import { type AuditReport, verifyAudit } from './verify-audit.ts'

/** The key that the test ring seals with. */
const sealKey = Buffer.alloc(32, 7)
const longAgo = new Date('2000-01-01T00:00:00Z')
const tables = ['audit_entry', 'audit_chain', 'case_event', 'return_case'] as const

let ring: TestRing
let pool: Pool

async function verify(
  given: { readonly keptSince?: Date; readonly sealKeys?: readonly Buffer[] } = {},
): Promise<AuditReport & { found: AuditFinding[]; kinds: AuditFindingKind[] }> {
  const found: AuditFinding[] = []
  const { keptSince = longAgo, sealKeys = [sealKey] } = given
  const report = await verifyAudit(pool, { sealKeys, keptSince, report: (one) => found.push(one) })
  return { ...report, found, kinds: found.map(({ kind }) => kind) }
}

async function value<T>(sql: string, values: unknown[] = []): Promise<T> {
  const { rows } = await pool.query({ text: sql, values, rowMode: 'array' })
  return rows[0]?.[0] as T
}

/** Puts the tables back as they were before a test changed them. */
async function restore(): Promise<void> {
  for (const table of tables) {
    await pool.query(
      `truncate ${table} cascade; insert into ${table} select * from untouched_${table}`,
    )
  }
}

/** Two returns, what an administrator did, and an anchor that has seen all of it. */
async function makeHistory(): Promise<void> {
  const record = createAuditRecorder({ writer: 'test admin', sealKey, clock: systemClock })
  const anchor = createAuditAnchor({ pool, auditSealKey: sealKey, nodeName: 'test' })
  await ring.send(requested('history-1'))
  await ring.send(scanned('history-1', 9))
  await ring.send(scanned('history-1', 1))
  await ring.send(requested('history-2'))
  await ring.send(scanned('history-2', 5))
  await ring.settled()
  for (const objectId of ['one', 'two', 'three']) {
    const detail = { name: objectId, days: 90 }
    const entry = {
      actor: 'key:1 Ann',
      action: 'api_key.created',
      objectType: 'api_key',
      objectId,
      detail,
    }
    await withTransaction(pool, (tx) => record(tx, [entry]))
  }
  assert.equal(await anchor(), 2)
}

before(async () => {
  ring = await startRing({ doors: 1 })
  pool = ring.pool
  await makeHistory()
  for (const table of tables) await pool.query(`create table untouched_${table} as table ${table}`)
})
afterEach(restore)
after(() => ring.close())

describe('an audit log that nobody touched', () => {
  test('is whole, and every event of every return was looked at', async () => {
    const { found, ...report } = await verify()
    assert.deepEqual(found, [])
    assert.deepEqual(report, {
      chains: 3,
      entries: 9,
      events: 5,
      anchors: 1,
      findings: 0,
      kinds: [],
    })
  })

  test('is whole after its master key was replaced, as long as the old one is still there', async () => {
    const { findings } = await verify({ sealKeys: [Buffer.alloc(32, 1), sealKey] })
    assert.equal(findings, 0)
  })

  test('may lack the events that are older than they have to be kept', async () => {
    await pool.query('truncate case_event')
    assert.deepEqual((await verify({ keptSince: new Date('2100-01-01T00:00:00Z') })).found, [])
    assert.notEqual((await verify()).findings, 0)
  })

  test('tells how far a verification has come', async () => {
    const seen: number[] = []
    const onProgress = ({ done, total }: { done: number; total: number }) => seen.push(done / total)
    await verifyAudit(pool, {
      sealKeys: [sealKey],
      keptSince: longAgo,
      report: () => {},
      onProgress,
    })
    assert.equal(seen.at(-1), 1)
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    )
  })
})

/** One row of each table, in the middle of things. */
const middle = {
  audit_entry: `(chain_id, seq) = (select chain_id, 3 from audit_chain where chain_no = 1)`,
  audit_chain: 'chain_no = 2',
  case_event: `(case_id, seq) = (select case_id, 2 from return_case where version = 3)`,
  return_case: 'version = 3',
} as const

/** By table and column: what the value is changed to, and as what it is found. */
const edits: Readonly<
  Record<(typeof tables)[number], Readonly<Record<string, readonly [string, AuditFindingKind]>>>
> = {
  audit_entry: {
    chain_id: ['gen_random_uuid()', 'entry_missing'],
    seq: ['seq + 100', 'entry_missing'],
    recorded_at: [`recorded_at + interval '1 microsecond'`, 'entry_edited'],
    actor: [`'somebody else'`, 'entry_edited'],
    action: [`'parcel.delivered'`, 'entry_edited'],
    object_type: [`'Case'`, 'entry_edited'],
    object_id: ['gen_random_uuid()', 'entry_edited'],
    case_seq: ['null', 'entry_edited'],
    detail: [`'{}'`, 'entry_edited'],
    content_hash: [`sha256('other')`, 'entry_edited'],
    hash: [`sha256('other')`, 'entry_edited'],
  },
  audit_chain: {
    chain_no: ['9', 'chain_missing'],
    chain_id: ['gen_random_uuid()', 'chain_edited'],
    writer: [`'somebody else'`, 'chain_edited'],
    opened_at: [`opened_at + interval '1 microsecond'`, 'chain_edited'],
    link: [`sha256('other')`, 'chain_edited'],
    seq: ['seq - 1', 'entry_inserted'],
    head: [`sha256('other')`, 'head_mismatch'],
    seal: [`sha256('other')`, 'seal_invalid'],
  },
  case_event: {
    case_id: ['(select case_id from return_case where version = 2)', 'event_missing'],
    seq: ['100', 'event_missing'],
    recorded_at: [`recorded_at + interval '1 microsecond'`, 'event_missing'],
    event_key: [`'0123456789'`, 'event_edited'],
    event_id: [`'other'`, 'event_edited'],
    type: [`'parcel.delivered'`, 'event_edited'],
    occurred_at: [`occurred_at + interval '1 microsecond'`, 'event_edited'],
    source: [`'other'`, 'event_edited'],
    actor: [`'somebody else'`, 'event_edited'],
    owns: [`''`, 'event_edited'],
    message_id: ['gen_random_uuid()', 'event_edited'],
    data: [`(data::text || ' ')::json`, 'event_edited'],
    room: [`'{}'`, 'event_edited'],
    effect: [`replace(effect::text, 'applied', 'refused')::json`, 'event_edited'],
  },
  return_case: {
    case_id: ['gen_random_uuid()', 'case_missing'],
    version: ['version - 1', 'case_version'],
  },
}

describe('whoever changes one column of one row is found out', () => {
  for (const [table, columns] of Object.entries(edits)) {
    for (const [column, [to, kind]] of Object.entries(columns)) {
      test(`${table}.${column}`, async () => {
        const where = middle[table as keyof typeof middle]
        const { rowCount } = await pool.query(
          `update ${table} set ${column} = ${to} where ${where}`,
        )
        assert.equal(rowCount, 1)
        const { kinds } = await verify()
        assert.ok(kinds.includes(kind), `found: ${kinds.join(', ') || 'nothing'}`)
      })
    }
  }

  test('and there is no column of the log and the history that this does not try', async () => {
    for (const table of ['audit_entry', 'audit_chain', 'case_event'] as const) {
      const columns = await value<string[]>(
        `select array_agg(attname::text order by attname) from pg_attribute
         where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
        [table],
      )
      assert.deepEqual(Object.keys(edits[table]).toSorted(), columns)
    }
  })

  test('also by an infinite time, which is no time that a hub writes', async () => {
    await pool.query(`update case_event set occurred_at = 'infinity' where ${middle.case_event}`)
    assert.deepEqual((await verify()).kinds, ['event_edited'])
  })
})

const firstChain = '(select chain_id from audit_chain where chain_no = 1)'

describe('whoever deletes is found out', () => {
  test('when it is the first entry of a chain', async () => {
    await pool.query(`delete from audit_entry where chain_id = ${firstChain} and seq = 1`)
    const { found } = await verify()
    assert.equal(found[0]?.kind, 'entry_missing')
    assert.equal(found[0]?.seq, 1)
  })

  test('when it is one in the middle', async () => {
    await pool.query(`delete from audit_entry where chain_id = ${firstChain} and seq in (2, 3)`)
    const { found } = await verify()
    const ofEntries = found.filter(({ kind }) => kind.startsWith('entry'))
    assert.deepEqual(
      ofEntries.map(({ detail }) => detail),
      ['Entries 2 to 3 are gone.'],
    )
  })

  test('when it is the last one', async () => {
    await pool.query(`delete from audit_entry where chain_id = ${firstChain} and seq = 5`)
    const { found } = await verify()
    assert.ok(found.some(({ kind, seq }) => kind === 'entry_missing' && seq === 5))
  })

  test('when the head is moved back to the entry before it, without the key', async () => {
    await pool.query(`delete from audit_entry where chain_id = ${firstChain} and seq = 5`)
    await pool.query(`update audit_chain c set seq = 4, head = e.hash
      from audit_entry e where chain_no = 1 and e.chain_id = c.chain_id and e.seq = 4`)
    assert.ok((await verify()).kinds.includes('seal_invalid'))
  })

  test('when the head is moved back together with the seal that it had then', async () => {
    const chainId = await value<string>(`select ${firstChain}`)
    const head = await value<string>(
      `select encode(hash, 'base64') from audit_entry where chain_id = $1 and seq = 4`,
      [chainId],
    )
    await pool.query('delete from audit_entry where chain_id = $1 and seq = 5', [chainId])
    await pool.query(
      `update audit_chain set seq = 4, head = decode($2, 'base64'), seal = decode($3, 'base64') where chain_id = $1`,
      [chainId, head, sealHead(sealKey, { chainId, seq: 4, head })],
    )
    const { kinds } = await verify()
    assert.ok(!kinds.includes('seal_invalid'))
    assert.ok(kinds.includes('anchor_broken'))
    assert.ok(kinds.includes('event_inserted'))
  })

  for (const [which, chainNo] of [
    ['first', 1],
    ['middle', 2],
  ] as const) {
    test(`when it is the ${which} chain, whole`, async () => {
      await deleteChain(chainNo)
      const { kinds } = await verify()
      assert.ok(kinds.includes('chain_missing'))
      assert.ok(kinds.includes('anchor_broken'))
    })
  }

  test('when the last chain goes, whole, and an anchor in another chain has seen it', async () => {
    const other = createAuditAnchor({ pool, auditSealKey: sealKey, nodeName: 'other' })
    const record = createAuditRecorder({ writer: 'late', sealKey, clock: systemClock })
    await other()
    const entry = {
      actor: 'key:1',
      action: 'api_key.revoked',
      objectType: 'api_key',
      objectId: 'one',
    }
    await withTransaction(pool, (tx) => record(tx, [entry]))
    assert.equal(await value('select max(chain_no) from audit_chain'), 5)
    await other()
    assert.equal((await verify()).findings, 0)
    await deleteChain(5)
    assert.deepEqual((await verify()).kinds, ['anchor_broken'])
  })

  test('when a chain goes, and its entries stay', async () => {
    await pool.query('delete from audit_chain where chain_no = 2')
    const { kinds } = await verify()
    assert.ok(kinds.includes('chain_missing'))
    assert.ok(kinds.includes('entry_inserted'))
  })

  test('when the entries of a chain go, and the chain stays', async () => {
    await pool.query(`delete from audit_entry where chain_id = ${firstChain}`)
    const { found } = await verify()
    assert.ok(found.some(({ detail }) => detail === 'Entries 1 to 5 are gone.'))
  })

  for (const [which, seq] of [
    ['first', 1],
    ['middle', 2],
    ['last', 3],
  ] as const) {
    test(`when it is the ${which} event of a return`, async () => {
      await pool.query(
        'delete from case_event where seq = $1 and case_id = (select case_id from return_case where version = 3)',
        [seq],
      )
      const { kinds } = await verify()
      assert.deepEqual(kinds.toSorted(), ['case_version', 'event_missing'])
    })
  }

  test('when it is a return, and its history stays', async () => {
    await pool.query('delete from return_case where version = 3')
    assert.deepEqual((await verify()).kinds, ['case_missing'])
  })

  test('when it is a return with its history', async () => {
    await pool.query(
      'delete from case_event where case_id = (select case_id from return_case where version = 3)',
    )
    await pool.query('delete from return_case where version = 3')
    assert.deepEqual((await verify()).kinds, ['event_missing', 'event_missing', 'event_missing'])
  })
})

async function deleteChain(chainNo: number): Promise<void> {
  await pool.query(
    'delete from audit_entry where chain_id = (select chain_id from audit_chain where chain_no = $1)',
    [chainNo],
  )
  await pool.query('delete from audit_chain where chain_no = $1', [chainNo])
}

describe('whoever puts something in is found out', () => {
  const copied = (seq: string, recordedAt = 'recorded_at') =>
    `insert into audit_entry
     select chain_id, ${seq}, ${recordedAt}, actor, action, object_type, object_id, case_seq, detail, content_hash, hash
     from audit_entry where ${middle.audit_entry}`

  test('when it is an entry behind the head', async () => {
    await pool.query(copied('6'))
    assert.deepEqual((await verify()).kinds, ['entry_inserted'])
  })

  test('when it is an entry before the first', async () => {
    await pool.query(copied('0'))
    assert.deepEqual((await verify()).kinds, ['entry_inserted'])
  })

  for (const [which, time] of [
    ['later', '+'],
    ['earlier', '-'],
  ] as const) {
    test(`when it is an entry with the number of another one, a little ${which}`, async () => {
      await pool.query(copied('seq', `recorded_at ${time} interval '1 second'`))
      const { found } = await verify()
      assert.deepEqual(
        found.map(({ kind, seq }) => [kind, seq]),
        [['entry_inserted', 3]],
      )
    })
  }

  test('when it is a chain of entries that fit each other', async () => {
    const chainId = '018f0000-0000-7000-8000-000000000000'
    const openedAt = '2026-01-01T00:00:00.000Z'
    const last = await value<string>(
      `select encode(link, 'base64') from audit_chain where chain_no = 3`,
    )
    const link = chainLink(last, { chainId, writer: 'forger', openedAt })
    const entry = {
      actor: 'forger',
      action: 'api_key.created',
      objectType: 'api_key',
      objectId: 'x',
    }
    const head = auditHash(link, auditText(entry, null, { chainId, seq: 1, at: openedAt }))
    const today = new Date()
    await pool.query(
      `insert into audit_entry values ($1, 1, $2, 'forger', 'api_key.created', 'api_key', 'x', null, null, null, decode($3, 'base64'))`,
      [chainId, today, head],
    )
    await pool.query(
      `insert into audit_chain values (4, $1, 'forger', $2, decode($3, 'base64'), 1, decode($4, 'base64'), sha256('guess'))`,
      [chainId, openedAt, link, head],
    )
    assert.ok((await verify()).kinds.includes('seal_invalid'))
  })

  test('when it is a chain between two others', async () => {
    await pool.query('update audit_chain set chain_no = chain_no + 10 where chain_no >= 2')
    await pool.query('update audit_chain set chain_no = chain_no - 9 where chain_no > 10')
    await pool.query(
      `insert into audit_chain select 2, gen_random_uuid(), writer, opened_at, link, 0, link, seal from audit_chain where chain_no = 1`,
    )
    assert.ok((await verify()).kinds.includes('chain_edited'))
  })

  test('when it is an event at the end of a return', async () => {
    await pool.query(`insert into case_event
      select case_id, 4, recorded_at + interval '1 second', event_key, event_id, type, occurred_at, source, actor, owns, message_id, data, room, effect
      from case_event where ${middle.case_event}`)
    await pool.query('update return_case set version = 4 where version = 3')
    assert.ok((await verify()).kinds.includes('event_inserted'))
  })

  test('when it is an event with the number of another one', async () => {
    await pool.query(`insert into case_event
      select case_id, seq, recorded_at + interval '1 second', event_key, event_id, type, occurred_at, source, actor, owns, message_id, data, room, effect
      from case_event where ${middle.case_event}`)
    assert.deepEqual((await verify()).kinds, ['event_inserted'])
  })

  test('when it is a return that nothing ever happened to', async () => {
    await pool.query(`insert into return_case
      select gen_random_uuid(), case_seq + 1000, case_no, company, channel, kind, version, snapshot_version, delivery_seq, order_refs, customer_id, line_count, created_at, updated_at
      from return_case where version = 3`)
    assert.deepEqual((await verify()).kinds, ['case_version'])
  })
})

describe('whoever rewrites is found out', () => {
  test('when two entries change places', async () => {
    await pool.query(`update audit_entry set seq = 100 where chain_id = ${firstChain} and seq = 2`)
    await pool.query(`update audit_entry set seq = 2 where chain_id = ${firstChain} and seq = 3`)
    await pool.query(`update audit_entry set seq = 3 where chain_id = ${firstChain} and seq = 100`)
    assert.ok((await verify()).kinds.filter((kind) => kind === 'entry_edited').length >= 2)
  })

  test('when two chains change places', async () => {
    await pool.query('update audit_chain set chain_no = 9 where chain_no = 1')
    await pool.query('update audit_chain set chain_no = 1 where chain_no = 2')
    await pool.query('update audit_chain set chain_no = 2 where chain_no = 9')
    assert.ok((await verify()).kinds.includes('chain_edited'))
  })

  test('when an entry is changed and every hash after it is made anew, but for the key', async () => {
    const chainId = await value<string>(`select ${firstChain}`)
    await pool.query(`update audit_entry set actor = 'somebody else' where ${middle.audit_entry}`)
    const head = await rehash(chainId)
    await pool.query(`update audit_chain set head = decode($2, 'base64') where chain_id = $1`, [
      chainId,
      head,
    ])
    const { kinds } = await verify()
    assert.ok(!kinds.includes('entry_edited'))
    assert.deepEqual(kinds.toSorted(), ['anchor_broken', 'seal_invalid'])
  })

  test('when only the last entry of a chain is changed, hash and all', async () => {
    const chainId = await value<string>(`select ${firstChain}`)
    await pool.query(
      `update audit_entry set actor = 'somebody else' where chain_id = $1 and seq = 5`,
      [chainId],
    )
    await rehash(chainId)
    assert.ok((await verify()).kinds.includes('head_mismatch'))
  })

  test('when the seals are made with another key', async () => {
    const { kinds } = await verify({ sealKeys: [Buffer.alloc(32, 1)] })
    assert.deepEqual(kinds, ['seal_invalid', 'seal_invalid', 'seal_invalid'])
  })
})

test('an entry whose hash alone was changed is the only one that is called edited', async () => {
  await pool.query(`update audit_entry set hash = sha256('other') where ${middle.audit_entry}`)
  const { found } = await verify()
  assert.deepEqual(
    found.map(({ kind, seq }) => [kind, seq]),
    [['entry_edited', 3]],
  )
})

/** Makes every hash of a chain fit its entries. @returns the last one. */
async function rehash(chainId: string): Promise<string> {
  const { rows } = await pool.query(
    `select seq, recorded_at, actor, action, object_type, object_id, case_seq, detail::text as detail,
       encode(content_hash, 'base64') as content_hash from audit_entry where chain_id = $1 order by seq`,
    [chainId],
  )
  let hash = await value<string>(
    `select encode(link, 'base64') from audit_chain where chain_id = $1`,
    [chainId],
  )
  for (const row of rows) {
    const entry = {
      actor: row['actor'],
      action: row['action'],
      objectType: row['object_type'],
      objectId: row['object_id'],
      caseSeq: row['case_seq'],
      contentHash: row['content_hash'],
    }
    hash = auditHash(
      hash,
      auditText(entry, row['detail'], {
        chainId,
        seq: row['seq'],
        at: row['recorded_at'].toISOString(),
      }),
    )
    await pool.query(
      `update audit_entry set hash = decode($3, 'base64') where chain_id = $1 and seq = $2`,
      [chainId, row['seq'], hash],
    )
  }
  return hash
}
