import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ConnectionId, SystemRole } from '@backhaul/sdk/canonical'
import { createConnectionView, type UnownedConnection } from '../../connect/connection-view.ts'
import type { CaseState } from '../../domain/index.ts'
import type { StoredAuthority, StoredRoute } from '../../store/connections.ts'
import { everywhere } from '../../store/row-scope.ts'
import { settlerOf } from './settler.ts'

const before = new Date('2026-12-31T12:00:00Z')
const switched = new Date('2027-01-01T00:00:00Z')
const after = new Date('2027-01-02T12:00:00Z')

function connection(id: string, roles: SystemRole[], state = 'active'): UnownedConnection {
  return {
    id: id as ConnectionId,
    title: id,
    connectorKey: 'test',
    version: 1,
    storedState: state as 'active',
    state: 'broken',
    roles,
    subscriptions: [],
    reason: null,
  }
}

const erp = connection('erp', ['erp', 'finance', 'payments'])
const ledger = connection('ledger', ['finance'])
const bank = connection('bank', ['payments'])
const shop = connection('shop', ['channel'])

interface Site {
  readonly connections?: UnownedConnection[]
  readonly settlement?: readonly (Partial<StoredAuthority> & { readonly role: SystemRole })[]
  readonly routes?: readonly (Partial<StoredRoute> & Pick<StoredRoute, 'role' | 'connectionId'>)[]
}

/** A ledger for what finance does, a bank for payments, the ERP for the rest. */
const routes: NonNullable<Site['routes']> = [
  { role: 'finance', connectionId: ledger.id },
  { role: 'payments', connectionId: bank.id },
]

function viewOf({ connections = [erp, ledger, bank, shop], settlement = [], ...site }: Site) {
  return createConnectionView({
    connections: connections.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    routes: (site.routes ?? routes).map((row) => ({ ...everywhere, ...row })),
    authority: settlement.map((row) => ({ ...everywhere, axis: 'settlement', ...row })),
  })
}

function returnOf(heldBy?: { source: string; at: Date }): CaseState {
  const held = heldBy && { heldBy: { source: heldBy.source, at: heldBy.at.toISOString() } }
  return {
    header: { company: 'main', warehouse: null, channel: 'ecommerce' },
    credits: [{ creditId: 'credit-1', ...held }],
  } as unknown as CaseState
}

function ask(
  site: Site,
  { state = returnOf(), now = after }: { state?: CaseState | null; now?: Date } = {},
) {
  const view = viewOf(site)
  const body = { creditId: 'credit-1' }
  const of = (type: 'credit.draft' | 'credit.post' | 'refund.issue') => {
    const { role, target } = settlerOf(view, { state, type, body, now })
    return `${role}: ${target?.id ?? 'nobody'}`
  }
  return { draft: of('credit.draft'), post: of('credit.post'), pay: of('refund.issue') }
}

const all = (roles: readonly SystemRole[], more: Partial<StoredAuthority> = {}) =>
  roles.map((role) => ({ role, ...more }))

describe('who posts the credit and who moves the money', () => {
  test('are the ERP and payments where the site says nothing', () => {
    const usual = { draft: 'erp: erp', post: 'erp: erp', pay: 'payments: bank' }
    assert.deepEqual(ask({}), usual)
    assert.deepEqual(ask({}, { state: null }), usual)
  })

  test('are whom the site gave authority over settlement, one for each', () => {
    const by = (roles: readonly SystemRole[]) => ask({ settlement: all(roles) })
    const finance = { draft: 'finance: ledger', post: 'finance: ledger' }
    assert.deepEqual(by(['finance']), { ...finance, pay: 'finance: ledger' })
    assert.deepEqual(by(['finance', 'payments']), { ...finance, pay: 'payments: bank' })
    assert.deepEqual(by(['finance', 'channel']), { ...finance, pay: 'channel: shop' })
    assert.deepEqual(by(['erp']), { draft: 'erp: erp', post: 'erp: erp', pay: 'erp: erp' })
    assert.equal(by(['erp', 'finance']).draft, 'erp: erp')
  })

  test('are the usual ones where authority went to nobody who could', () => {
    const { draft, pay } = ask({ settlement: all(['helpdesk']) })
    assert.deepEqual([draft, pay], ['erp: erp', 'payments: bank'])
  })

  test('can be others for a company', () => {
    const settlement = all(['finance', 'payments'], { company: 'other' })
    assert.equal(ask({ settlement }).draft, 'erp: erp')
    const state = returnOf()
    const other = { ...state, header: { ...state.header, company: 'other' } }
    assert.equal(ask({ settlement }, { state: other }).draft, 'finance: ledger')
  })

  test('is nobody, and never another, where nobody plays it', () => {
    const settlement = all(['finance'])
    const { draft } = ask({ settlement, connections: [connection('erp', ['erp'])], routes: [] })
    assert.equal(draft, 'finance: nobody')
  })
})

describe('a switch of authority on a date', () => {
  const settlement = all(['finance'], { company: 'main', validFrom: switched })

  test('takes the credits that have no document yet along', () => {
    assert.equal(ask({ settlement }, { now: before }).draft, 'erp: erp')
    assert.equal(ask({ settlement }, { now: after }).draft, 'finance: ledger')
  })

  test('leaves credits that were drafted before where they were, and their money', () => {
    const state = returnOf({ source: 'erp', at: before })
    const { post, pay } = ask({ settlement }, { state, now: after })
    assert.deepEqual([post, pay], ['erp: erp', 'payments: bank'])
  })

  test('does not take credits along that were drafted after it', () => {
    const state = returnOf({ source: 'ledger', at: after })
    const { post, pay } = ask({ settlement }, { state })
    assert.deepEqual([post, pay], ['finance: ledger', 'finance: ledger'])
  })

  test('from one book to another posts each credit in the book that has its draft', () => {
    const books = connection('books', ['finance'])
    const { post } = ask(
      {
        connections: [erp, ledger, books],
        routes: [
          { role: 'finance', connectionId: ledger.id },
          { role: 'finance', connectionId: books.id, company: 'main', validFrom: switched },
        ],
        settlement: all(['finance']),
      },
      { state: returnOf({ source: 'ledger', at: before }) },
    )
    assert.equal(post, 'finance: ledger')
  })

  test('leaves nothing with a connection that is disabled', () => {
    const gone = connection('erp', ['erp'], 'disabled')
    const state = returnOf({ source: 'erp', at: before })
    const { post } = ask({ settlement, connections: [gone, ledger, bank] }, { state })
    assert.notEqual(post, 'erp: erp')
  })
})
