import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { channelsDir } from '@backhaul/connectors'
import { cloudEventType } from '@backhaul/sdk/canonical'
import {
  type Answer,
  itemsOf,
  type Json,
  startTestHub,
  type TestHub,
  textIn,
} from '../support/hub.ts'
import { requested, type TestEvent, until } from '../support/ring.ts'

/*
 * A warehouse that exchanges tables in a folder, from end to end: what it is told lies there under its final name; what
 * it writes is taken in, row by row, and archived.
 */

const header =
  'return,receipt,row,date,warehouse,line,sku,gtin,received,unit,condition,serials,accepted,rejected,grade,disposition,closed'

describe('a warehouse that exchanges tables in a folder', () => {
  let hub: TestHub
  let root = ''
  let caseNo = ''

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'backhaul-exchange-'))
    await writeFile(join(root, '.backhaul-exchange'), '')
    await mkdir(join(root, 'from-warehouse'))
    hub = await startTestHub({ subscriptions: [] })
    const config = { path: root, restSeconds: 0 }
    const body = {
      connectionId: 'wms',
      connector: 'warehouse-files',
      title: 'WMS',
      roles: ['wms'],
      config,
    }
    await must(hub.request('POST', '/api/v1/connections', { body }))
    await must(hub.request('PUT', '/api/v1/routes/wms', { body: { connectionId: 'wms' } }))
    for (const name of ['receipts', 'receipt.expect']) await activate(name)
    await say('condition', [['box damaged', 'box_damaged']])
    await say('unit', [['EA', 'EA']])
    // Documents are known to a process within a second: what is approved before is told to nobody.
    for (let number = 1; caseNo === ''; number += 1) caseNo = await approve(`F-${number}`)
  })
  after(async () => {
    await hub.close()
    await rm(root, { recursive: true, force: true })
  })

  async function must(asked: Promise<Answer>): Promise<Json> {
    const { status, text, json } = await asked
    assert.ok(status < 300, `${status} ${text}`)
    return json
  }

  async function tell({ type, ...event }: TestEvent): Promise<void> {
    const body = { specversion: '1.0', source: 'erp', ...event, type: cloudEventType(type) }
    await must(hub.webhook(JSON.stringify(body), { id: event.id }))
  }

  const told = async () =>
    existsSync(join(root, 'to-warehouse')) ? readdir(join(root, 'to-warehouse')) : []

  /** The number of the return, once the warehouse is told of it; nothing where it is not. */
  async function approve(ref: string): Promise<string> {
    const refs = [{ system: 'erp', type: 'return', value: ref }]
    const data = { refs, lines: [{ lineNo: 1, quantity: '10' }] }
    await tell(requested(ref))
    const time = '2026-11-23T08:05:00Z'
    await tell({ type: 'return.approved', id: `${ref}-approved`, time, data })
    await hub.settled()
    const [found] = itemsOf(await hub.request('GET', `/api/v1/identifiers/${ref}`))
    const number = textIn(found, 'caseNo')
    return (await told()).some((name) => name.includes(number)) ? number : ''
  }

  async function activate(name: string): Promise<void> {
    const content = readFileSync(
      join(channelsDir, `warehouse-csv/mappings/${name}.yaml`),
      'utf8',
    ).split('\nexamples:')[0]
    const body = { kind: 'mapping', name: `wms/${name}`, content }
    const drafted = await must(hub.request('POST', '/api/v1/documents', { body }))
    const at = `/api/v1/documents/${textIn(drafted, 'id')}`
    assert.deepEqual((await must(hub.request('POST', `${at}/check`)))['problems'], [])
    await must(hub.request('POST', `${at}/activate`))
  }

  async function say(
    vocabulary: string,
    words: readonly (readonly [string, string])[],
  ): Promise<void> {
    const entries = words.map(([sourceValue, canonicalValue]) => ({
      connectionId: 'wms',
      sourceValue,
      canonicalValue,
    }))
    await must(
      hub.request('POST', `/api/v1/vocabularies/${vocabulary}/entries`, { body: { entries } }),
    )
  }

  /** As a warehouse should: written beside, then named. */
  async function put(name: string, rows: readonly string[]): Promise<void> {
    const path = join(root, 'from-warehouse', name)
    await writeFile(`${path}.tmp`, [header, ...rows, ''].join('\r\n'))
    await rename(`${path}.tmp`, path)
    await must(hub.request('POST', '/api/v1/connections/wms/polls/files/look'))
  }

  async function received(): Promise<string[]> {
    const { rows } = await hub.pool.query<{ id: string }>(
      `select event_id as id from case_event where type = 'goods.received' order by event_id`,
    )
    return rows.map(({ id }) => id)
  }

  const archived = async () =>
    existsSync(join(root, 'from-warehouse/archive'))
      ? readdir(join(root, 'from-warehouse/archive'))
      : []

  test('is told what to expect by a file under its final name', async () => {
    const [name = ''] = await told()
    assert.match(name, new RegExp(`^expected-${caseNo}-[0-9]+[.]csv$`))
    const text = readFileSync(join(root, 'to-warehouse', name), 'utf8')
    assert.match(text, new RegExp(`${caseNo},[0-9]+,expect,1,PUMP,,,10,EA,wrong_goods,`))
  })

  test('is understood row by row: one that is not waits for a person, and the others go on', async () => {
    await put('receipts.csv', [
      `${caseNo},R-1,1,2026-11-23,,1,PUMP,,2,EA,box damaged,,,,,,`,
      `${caseNo},R-1,2,2026-11-23,,1,PUMP,,3,EA,kaputt,,,,,,`,
      `${caseNo},R-1,3,2026-11-23,,1,PUMP,,4,EA,,,,,,,`,
    ])
    await until(async () => (await received()).length === 2)
    assert.deepEqual(await received(), ['receipt:R-1:1', 'receipt:R-1:3'])
    const parked = itemsOf(await hub.request('GET', '/api/v1/messages?state=parked'))
    assert.deepEqual(
      parked.map((one) => [one['connectionId'], one['code']]),
      [['wms', 'MD01']],
    )
    await say('condition', [['kaputt', 'item_damaged']])
    await until(async () => (await received()).length === 3)
  })

  test('has its file archived once it is kept, and a file that comes again is a repeat', async () => {
    await until(async () => (await archived()).length === 1)
    assert.deepEqual(
      (await readdir(join(root, 'from-warehouse'))).filter((name) => name.endsWith('.csv')),
      [],
    )
    await put('again.csv', [
      `${caseNo},R-1,1,2026-11-23,,1,PUMP,,2,EA,box damaged,,,,,,`,
      `${caseNo},R-1,4,2026-11-23,,1,PUMP,,1,EA,,,,,,,`,
    ])
    await until(async () => (await archived()).length === 2)
    await hub.settled()
    assert.deepEqual(await received(), [
      'receipt:R-1:1',
      'receipt:R-1:2',
      'receipt:R-1:3',
      'receipt:R-1:4',
    ])
  })
})
