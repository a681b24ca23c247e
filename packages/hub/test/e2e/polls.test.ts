import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { performance } from 'node:perf_hooks'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { cloudEventType } from '@backhaul/sdk/canonical'
import type { PolledMessage } from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import { poll } from '../../src/http/schemas/polls.ts'
import { itemsOf, type Json, startTestHub, type TestHub } from '../support/hub.ts'
import {
  hintSecret,
  type PolledSystem,
  polled,
  polledConnection,
  startPolledSystem,
} from '../support/polled-system.ts'
import { requested, scanned, type TestEvent, until } from '../support/ring.ts'

function told({ type, ...event }: TestEvent): PolledMessage {
  return {
    topic: 'canonical-events',
    messageId: event.id,
    body: { specversion: '1.0', source: 'polled', ...event, type: cloudEventType(type) },
  }
}

/** Returns under `refs`, then their scans in turn: `count` changes in all. */
function changesOf(refs: readonly string[], count: number): PolledMessage[] {
  return Array.from({ length: count }, (_, index) => {
    const ref = refs[index % refs.length] ?? ''
    const turn = Math.floor(index / refs.length)
    if (turn === 0) return told(requested(ref))
    const refsOf = [{ system: 'polled', type: 'return', value: ref }]
    return told(scanned(ref, turn, { data: { refs: refsOf, location: `Depot ${turn}` } }))
  })
}

describe('a system that is asked what has changed', () => {
  let system: PolledSystem
  let hub: TestHub

  before(async () => {
    system = await startPolledSystem()
    hub = await startTestHub({ connectors: [polled], subscriptions: [] })
    const made = await hub.request('POST', '/api/v1/connections', {
      body: polledConnection(system.url),
    })
    assert.equal(made.status, 201, made.text)
  })
  after(async () => {
    await hub.close()
    await system.close()
  })

  /** What a webhook would be told by, if it told more than that. */
  async function hint(secret = hintSecret): Promise<{ status: number; ms: number }> {
    const address = `${hub.url}/webhooks/polled/hint`
    const message = { method: 'POST', url: address, body: '{}', secret, now: new Date(), id: 'h' }
    const { headers, body } = schemes.standardWebhooks.sign(message)
    const startedMs = performance.now()
    const { status } = await fetch(address, { method: 'POST', headers, body })
    return { status, ms: performance.now() - startedMs }
  }

  /** Types of the events of a case, and what they came with, as they were applied. */
  async function historyOf(ref: string): Promise<string[]> {
    const { rows } = await hub.pool.query<{ name: string }>(
      `select e.event_id as name from case_event e
       join external_ref r using (case_id) where r.value = $1 and r.type = 'return' order by e.seq`,
      [ref],
    )
    return rows.map(({ name }) => name)
  }

  const messageCount = async (): Promise<number> => {
    const { rows } = await hub.pool.query<{ count: number }>(
      `select count(*)::int as count from inbox_message where connection_id = 'polled'`,
    )
    return rows[0]?.count ?? -1
  }

  test('is told of by its changes, and a topic that nobody has explained is parked', async () => {
    await until(() => system.looks() > 0)
    system.changes.push(
      told(requested('P-1')),
      { topic: 'picking', messageId: 'picking:1', body: { id: 1 } },
      told(
        scanned('P-1', 1, { data: { refs: [{ system: 'polled', type: 'return', value: 'P-1' }] } }),
      ),
    )
    assert.equal((await hint()).status, 202)
    await until(async () => (await historyOf('P-1')).length === 2)
    assert.deepEqual(await historyOf('P-1'), ['P-1-requested', 'P-1-scan-1'])
    const parked = itemsOf(await hub.request('GET', '/api/v1/messages?state=parked'))
    assert.deepEqual(
      parked.map((one) => [one['connectionId'], one['topic'], one['code']]),
      [['polled', 'picking', 'NO_MAPPING']],
    )
  })

  test('is not believed a hint that somebody else has signed', async () => {
    const asked = system.looks()
    const other = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
    assert.equal((await hint(other)).status, 401)
    assert.equal(system.looks(), asked)
  })

  test('may storm with hints: each is answered at once, also while it is asked, and one or two looks come of it', async () => {
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    const kept = await messageCount()
    const asked = system.looks()
    // The look that the first hints bring about is still under way when the last ones come.
    let answerPage: () => void = () => undefined
    const isAnswered = new Promise<void>((resolve) => {
      answerPage = resolve
    })
    system.onPage = () => isAnswered
    const answers: { status: number; ms: number }[] = []
    for (let batch = 0; batch < 50; batch += 1) {
      answers.push(...(await Promise.all(Array.from({ length: 10 }, () => hint()))))
    }
    answerPage()
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]))
    // All of them before the page was. A machine that is busy with other things may hold up a few.
    const times = answers.map(({ ms }) => ms).toSorted((a, b) => a - b)
    const most = times[Math.floor(times.length * 0.95)] ?? 0
    assert.ok(most < 200, `19 of 20 were answered in ${most} ms`)
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    const looks = system.looks() - asked
    assert.ok(looks >= 1 && looks <= 3, `${looks} looks`)
    assert.equal(await messageCount(), kept)
    system.onPage = async () => undefined
  })

  test('that was away for 1,000 changes is caught up with in their order', async () => {
    const refs = Array.from({ length: 20 }, (_, index) => `D-${index}`)
    system.changes.push(...changesOf(refs, 1_000))
    await hint()
    for (const ref of refs) {
      await until(async () => (await historyOf(ref)).length === 50)
      const scans = Array.from({ length: 49 }, (_, index) => `${ref}-scan-${index + 1}`)
      assert.deepEqual(await historyOf(ref), [`${ref}-requested`, ...scans])
    }
  })

  test('is asked whether what returns refer to is still there: what is gone is said once', async () => {
    const values = Array.from({ length: 5 }, (_, index) => `N-${index}`)
    const kinds = [...values, 'I-ended'].map((ref) => ({
      ...requested(ref),
      data: {
        ...requested(ref).data,
        refs: [{ system: 'polled', type: 'credit_note', value: ref }],
      },
    }))
    system.changes.push(...kinds.map(told))
    await hint()
    await until(async () => (await historyOf('I-ended')).length === 1)
    for (const ref of ['N-1', 'N-3', 'I-ended']) system.gone.add(`credit_note/${ref}`)
    await hub.pool.query(
      `update case_headline h set headline = 'closed', since = now() - interval '29 days'
       from external_ref r where r.case_id = h.case_id and r.value = 'I-ended'`,
    )
    const missed = async (): Promise<string[]> => {
      const found = await hub.request('GET', '/api/v1/exceptions?code=IT06')
      return itemsOf(found).map((one) => `${String(one['object'])} ${String(one['status'])}`)
    }
    const ask = async (): Promise<void> => {
      const end = `select run_ended_at as at from poll_cursor where poll = 'presence'`
      const {
        rows: [was],
      } = await hub.pool.query<{ at: Date | null }>(end)
      await hub.pool.query(`update poll_cursor set due_at = now() where poll = 'presence'`)
      await until(async () => {
        const { rows } = await hub.pool.query<{ at: Date | null }>(end)
        return rows[0]?.at !== null && rows[0]?.at.getTime() !== was?.at?.getTime()
      })
      await hub.settled()
    }
    await ask()
    const all = ['I-ended', 'N-1', 'N-3'].map((ref) => `credit_note:${ref} open`)
    assert.deepEqual((await missed()).toSorted(), all)
    const kept = await messageCount()
    await ask()
    system.gone.delete('credit_note/N-1')
    await ask()
    assert.deepEqual((await missed()).toSorted(), all)
    assert.equal(await messageCount(), kept)
    await hub.pool.query(
      // The exception has had its row written as its case really stands.
      `update case_headline h set headline = 'closed', since = now() - interval '31 days'
       from external_ref r where r.case_id = h.case_id and r.value = 'I-ended'`,
    )
    const { rows } = await hub.pool.query<{ count: number }>(
      `select run_items::int as count from poll_cursor where poll = 'presence'`,
    )
    await ask()
    const now = await hub.pool.query<{ count: number }>(
      `select run_items::int as count from poll_cursor where poll = 'presence'`,
    )
    assert.equal((rows[0]?.count ?? 0) - (now.rows[0]?.count ?? 0), 1, 'is asked about for ever')
  })

  test('is shown with how far its changes have been read, and looked at when somebody wants it', async () => {
    const listed = await hub.request('GET', '/api/v1/connections/polled/polls', { as: 'auditor' })
    assert.equal(listed.status, 200, listed.text)
    const polls = itemsOf(listed)
    for (const one of polls) assert.deepEqual(poll.parse(one), one)
    assert.deepEqual(
      polls.map((one) => [one['name'], one['state'], one['failures']]),
      [
        ['changes', 'waiting', 0],
        ['presence', 'waiting', 0],
      ],
    )
    assert.doesNotMatch(listed.text, /cursor/i)
    const asked = system.looks()
    const woken = await hub.request('POST', '/api/v1/connections/polled/polls/changes/look')
    assert.equal(woken.status, 202, woken.text)
    await until(() => system.looks() > asked)
    const audit = itemsOf(await hub.request('GET', '/api/v1/audit?object=polled%2Fchanges'))
    assert.equal(audit[0]?.['action'], 'poll.woken')
    for (const [path, status] of [
      ['polled/polls/nothing/look', 404],
      ['nobody/polls/changes/look', 404],
      ['erp/polls/changes/look', 404],
    ] as const) {
      assert.equal((await hub.request('POST', `/api/v1/connections/${path}`)).status, status)
    }
    assert.equal((await hub.request('GET', '/api/v1/connections/nobody/polls')).status, 404)
    const { text } = await hub.request('GET', '/metrics')
    assert.match(text, /backhaul_poll_lag_seconds\{connection="polled",poll="changes"\} \d/)
    assert.match(text, /backhaul_poll_failures\{connection="polled",poll="changes"\} 0/)
  })

  test('of a connection that is paused is not asked', async () => {
    await hub.request('POST', '/api/v1/connections/polled/pause')
    const path = '/api/v1/connections/polled/polls/changes/look'
    assert.equal((await hub.request('POST', path)).status, 409)
    await hub.request('POST', '/api/v1/connections/polled/resume')
    await until(async () => (await hub.request('POST', path)).status === 202)
  })

  test('says how long our credentials hold, and is an exception before they end, until they are renewed', async () => {
    const check = () => hub.request('POST', '/api/v1/connections/polled/check')
    const shown = async () =>
      (await hub.request('GET', '/api/v1/connections/polled')).json['lastCheck'] as Json
    const open = async (): Promise<string[]> => {
      const found = await hub.request('GET', '/api/v1/exceptions?code=IT08&status=open&queue=IT')
      return itemsOf(found).map((one) => String(one['detail']))
    }
    // The first one is made by itself.
    await until(async () => (await shown()) !== null)
    assert.deepEqual(await open(), [])
    const soon = new Date(Date.now() + 13 * 86_400_000).toISOString()
    system.check = { expiresAt: soon }
    assert.equal((await check()).json['credentialExpiresAt'], soon)
    assert.equal((await shown())['credentialExpiresAt'], soon)
    assert.deepEqual(await open(), [`The credentials of polled expire on ${soon.slice(0, 10)}.`])
    const { text } = await hub.request('GET', '/metrics')
    const gauge = /credential_expires_seconds\{connection="polled"\} (\d+)/.exec(text)
    assert.ok(Math.abs(Number(gauge?.[1]) - 13 * 86_400) < 60, gauge?.[0])
    system.check = { status: 401 }
    await check()
    await check()
    assert.equal((await open()).length, 2)
    assert.equal((await shown())['code'], 'AUTH_REJECTED')
    assert.notEqual((await shown())['failingSince'], null)
    system.check = { status: 503 }
    await check()
    assert.equal((await open()).length, 2, 'a system that is down says nothing of credentials')
    system.check = { expiresAt: new Date(Date.now() + 90 * 86_400_000).toISOString() }
    await check()
    assert.deepEqual(await open(), [])
    assert.equal((await shown())['failingSince'], null)
  })

  test('is shared by processes: a hint to one is heeded by whichever asks, and each change is taken once', async () => {
    const other = await startTestHub({ databaseUrl: hub.databaseUrl, connectors: [polled] })
    const known = await messageCount()
    try {
      for (let round = 0; round < 5; round += 1) {
        const ref = `S-${round}`
        system.changes.push(...changesOf([ref], 30))
        await hint()
        await until(async () => (await historyOf(ref)).length === 30)
      }
      assert.equal(await messageCount(), known + 150)
    } finally {
      await other.close()
    }
  })

  test('loses nothing to processes that are killed while they ask it, and says nothing twice', async () => {
    const from = await messageCount()
    await hub.ring.stop()
    const refs = Array.from({ length: 10 }, (_, index) => `K-${index}`)
    system.changes.push(...changesOf(refs, 2_000))
    for (let round = 0; round < 3; round += 1) {
      // Each dies some pages after it has begun, between a page's answer and what comes of it.
      const child = startProcess()
      let pages = 0
      const dies = new Promise<void>((resolve) => {
        system.onPage = async (page) => {
          pages += page.length > 0 ? 1 : 0
          if (pages === round + 1) setTimeout(() => resolve(), round * 3)
        }
      })
      await hub.pool.query(`update poll_cursor set due_at = now() where connection_id = 'polled'`)
      await dies
      await kill(child)
    }
    system.onPage = async () => undefined
    const last = startProcess()
    try {
      for (const ref of refs) {
        await until(async () => (await historyOf(ref)).length === 200)
        const scans = Array.from({ length: 199 }, (_, index) => `${ref}-scan-${index + 1}`)
        assert.deepEqual(await historyOf(ref), [`${ref}-requested`, ...scans])
      }
      assert.equal(await messageCount(), from + 2_000)
    } finally {
      await kill(last)
    }
  })

  function startProcess(): ChildProcess {
    const program = fileURLToPath(new URL('../support/polling-hub.ts', import.meta.url))
    const args = [...process.execArgv.filter((one) => !one.startsWith('--test')), program]
    return spawn(process.execPath, [...args, hub.databaseUrl], { stdio: 'inherit' })
  }
})

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
