import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ConnectionId, SystemRole } from '@backhaul/sdk/canonical'
import type { StoredAuthority, StoredRoute } from '../store/connections.ts'
import { everywhere } from '../store/row-scope.ts'
import { createConnectionView, type UnownedConnection } from './connection-view.ts'

type State = 'active' | 'paused' | 'disabled' | 'broken'

/** A connection as far as a view looks at it. */
function connection(
  id: string,
  { roles, state = 'active', told = [] }: { roles: SystemRole[]; state?: State; told?: string[] },
): UnownedConnection {
  return {
    id: id as ConnectionId,
    title: id,
    connectorKey: 'test',
    version: 1,
    storedState: state === 'broken' ? 'active' : state,
    state: state as 'broken',
    roles,
    subscriptions: told,
    reason: state === 'broken' ? 'Its secret is unreadable.' : null,
  }
}

function viewOf(
  connections: UnownedConnection[],
  given: { routes?: Record<string, string>; authority?: [string, string][] } = {},
) {
  const routes = Object.entries(given.routes ?? {}).map(
    ([role, connectionId]) => ({ role, connectionId }) as StoredRoute,
  )
  const authority = (given.authority ?? []).map(
    ([axis, role]) => ({ axis, role }) as StoredAuthority,
  )
  return createConnectionView({ connections, routes, authority })
}

describe('a role', () => {
  const erp = connection('erp-a', { roles: ['erp'] })
  const secondErp = connection('erp-b', { roles: ['erp', 'finance'] })

  test('is played by the only connection that has it', () => {
    const view = viewOf([secondErp])
    assert.equal(view.routeOf('erp')?.id, 'erp-b')
    assert.equal(view.routeOf('finance')?.id, 'erp-b')
    assert.equal(view.routeOf('wms'), undefined)
    assert.deepEqual(view.diagnose(), [])
  })

  test('is played by the one that the route names', () => {
    const view = viewOf([erp, secondErp], { routes: { erp: 'erp-b' } })
    assert.equal(view.routeOf('erp')?.id, 'erp-b')
    assert.deepEqual(view.diagnose(), [])
  })

  test('without a route is played by the first of several, and that is pointed out', () => {
    const view = viewOf([erp, secondErp])
    assert.equal(view.routeOf('erp')?.id, 'erp-a')
    assert.deepEqual(
      view.diagnose().map(({ code, subject }) => [code, subject]),
      [['AMBIGUOUS_ROLE', 'erp']],
    )
  })

  test('of a shop is guessed only where there is one: another does not know the order', () => {
    const shop = connection('shop-a', { roles: ['channel'] })
    const secondShop = connection('shop-b', { roles: ['channel'], state: 'paused' })
    assert.equal(viewOf([shop]).routeOf('channel')?.id, 'shop-a')
    const view = viewOf([shop, secondShop])
    assert.equal(view.routeOf('channel'), undefined)
    assert.deepEqual(
      view.diagnose().map(({ code, subject }) => [code, subject]),
      [['AMBIGUOUS_ROLE', 'channel']],
    )
    const routed = viewOf([shop, secondShop], { routes: { channel: 'shop-b' } })
    assert.equal(routed.routeOf('channel')?.id, 'shop-b')
    assert.deepEqual(routed.diagnose(), [])
  })

  test('is rather played by an active connection than by a paused or broken one', () => {
    const paused = connection('erp-0', { roles: ['erp'], state: 'paused' })
    const broken = connection('erp-1', { roles: ['erp'], state: 'broken' })
    assert.equal(viewOf([paused, broken, erp]).routeOf('erp')?.id, 'erp-a')
    assert.equal(viewOf([paused]).routeOf('erp')?.id, 'erp-0', 'what it is owed waits')
    assert.equal(viewOf([broken]).routeOf('erp')?.id, 'erp-1')
  })

  test('is never played by a disabled connection', () => {
    const disabled = connection('erp-0', { roles: ['erp'], state: 'disabled' })
    assert.equal(viewOf([disabled]).routeOf('erp'), undefined)
    assert.equal(viewOf([disabled, erp]).routeOf('erp')?.id, 'erp-a')
  })

  test('is not given to another connection where its route cannot be used', () => {
    const disabled = connection('erp-0', { roles: ['erp'], state: 'disabled' })
    for (const named of ['erp-0', 'gone', 'desk']) {
      const desk = connection('desk', { roles: ['helpdesk'] })
      const view = viewOf([desk, disabled, erp], { routes: { erp: named } })
      assert.equal(view.routeOf('erp'), undefined)
      assert.deepEqual(
        view.diagnose().map(({ code, subject }) => [code, subject]),
        [['ROUTE_UNUSABLE', 'erp']],
      )
    }
  })
})

describe('an axis', () => {
  test('is owned by default where the site says nothing', () => {
    const view = viewOf([
      connection('carrier', { roles: ['carrier'] }),
      connection('desk', { roles: ['helpdesk', 'crm'] }),
      connection('erp', { roles: ['erp'] }),
      connection('wms', { roles: ['wms'] }),
    ])
    assert.equal(view.owns('carrier'), 'T')
    assert.equal(view.owns('desk'), '')
    assert.equal(view.owns('erp'), 'ARDSFV')
    assert.equal(view.owns('wms'), 'RID')
    assert.equal(view.owns('nobody'), '')
    assert.equal(view.ownedBy('hub'), 'AT')
    assert.equal(view.get('wms')?.owns, 'RID')
  })

  test('is owned by whom the site names, and by nobody else', () => {
    const connections = [
      connection('erp', { roles: ['erp'] }),
      connection('wms', { roles: ['wms', 'carrier'] }),
    ]
    const view = viewOf(connections, {
      authority: [
        ['receipt', 'wms'],
        ['inspection', 'erp'],
      ],
    })
    assert.equal(view.owns('erp'), 'AIDSFV')
    assert.equal(view.owns('wms'), 'TRD')
  })

  test('stays with its default owners where the table names what is not known', () => {
    const connections = [connection('erp', { roles: ['erp'] })]
    const view = viewOf(connections, {
      authority: [
        ['receipt', 'oracle'],
        ['mood', 'erp'],
      ],
    })
    assert.equal(view.owns('erp'), 'ARDSFV')
    assert.deepEqual(
      view.diagnose().map(({ code }) => code),
      ['UNKNOWN_AUTHORITY', 'UNKNOWN_AUTHORITY'],
    )
  })
})

/** A return of company `north` to warehouse `w1` through the shop, in the middle of November. */
const north = {
  company: 'north',
  warehouse: 'w1',
  channel: 'ecommerce',
  at: new Date('2026-11-15T00:00:00Z'),
}

describe('where it depends on the return', () => {
  const old = connection('old', { roles: ['erp'] })
  const young = connection('young', { roles: ['erp'] })
  const route = (connectionId: string, scope: object) =>
    ({ role: 'erp', connectionId, ...everywhere, ...scope }) as StoredRoute
  const playing = (routes: StoredRoute[], scope: Partial<typeof north> = {}) =>
    createConnectionView({ connections: [old, young], routes, authority: [] }).routeOf('erp', {
      ...north,
      ...scope,
    })?.id

  test('a role is played by the connection whose route names most of the return', () => {
    const routes = [
      route('old', {}),
      route('young', { company: 'north' }),
      route('old', { company: 'north', channel: 'edi' }),
    ]
    assert.equal(playing(routes), 'young')
    assert.equal(playing(routes, { company: 'south' }), 'old')
    assert.equal(playing(routes, { channel: 'edi' }), 'old')
  })

  test('a role changes hands on a day', () => {
    const day = new Date('2026-12-01T00:00:00Z')
    const routes = [route('old', { validTo: day }), route('young', { validFrom: day })]
    assert.equal(playing(routes), 'old')
    assert.equal(playing(routes, { at: day }), 'young')
    const open = [route('old', {}), route('young', { validFrom: day })]
    assert.equal(playing(open), 'old')
    assert.equal(playing(open, { at: day }), 'young', 'of two that fit, the one that began last')
  })

  test('a route that cannot be used is not replaced by one that names less', () => {
    const routes = [route('young', {}), route('gone', { warehouse: 'w1' })]
    assert.equal(playing(routes), undefined)
    assert.equal(playing(routes, { warehouse: 'w2' }), 'young')
  })

  test('an axis is owned by those whom the fitting rows name, together', () => {
    const row = (axis: string, role: string, scope: object) =>
      ({ axis, role, ...everywhere, ...scope }) as StoredAuthority
    const view = createConnectionView({
      connections: [connection('erp', { roles: ['erp'] }), connection('wms', { roles: ['wms'] })],
      routes: [],
      authority: [
        row('receipt', 'wms', {}),
        row('receipt', 'erp', { company: 'north' }),
        row('receipt', 'supplier', { company: 'north' }),
      ],
    })
    assert.ok(view.isOwnershipScoped)
    assert.equal(view.owns('wms', north), 'ID')
    assert.ok(view.owns('erp', north).includes('R'))
    assert.ok(!view.owns('erp', { ...north, company: 'south' }).includes('R'))
    assert.ok(!view.owns('erp').includes('R'), 'without a return, what holds for all')
  })
})

describe('an event', () => {
  const view = viewOf([
    connection('all', { roles: ['analytics'], told: ['*'] }),
    connection('broken', { roles: ['crm'], told: ['*'], state: 'broken' }),
    connection('disabled', { roles: ['crm'], told: ['*'], state: 'disabled' }),
    connection('goods', { roles: ['crm'], told: ['goods.received', 'goods.*'] }),
    connection('none', { roles: ['crm'] }),
    connection('paused', { roles: ['crm'], told: ['return.*'], state: 'paused' }),
  ])
  const told = (type: Parameters<typeof view.subscribersOf>[0]) =>
    view.subscribersOf(type).map(({ id }) => id)

  test('is told to those who asked for it, and to each once', () => {
    assert.deepEqual(told('goods.received'), ['all', 'broken', 'goods'])
    assert.deepEqual(told('return.approved'), ['all', 'broken', 'paused'])
    assert.deepEqual(told('refund.settled'), ['all', 'broken'])
  })

  test('is looked up, not worked out, each time', () => {
    assert.equal(view.subscribersOf('goods.received'), view.subscribersOf('goods.received'))
  })
})

test('a broken connection is pointed out with its reason, unless it is disabled', () => {
  const view = viewOf([
    connection('broken', { roles: ['crm'], state: 'broken' }),
    { ...connection('off', { roles: ['erp'], state: 'broken' }), storedState: 'disabled' },
  ])
  assert.deepEqual(view.diagnose(), [
    { code: 'CONNECTION_BROKEN', subject: 'broken', message: 'Its secret is unreadable.' },
  ])
})
