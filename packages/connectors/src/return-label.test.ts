import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type CanonicalEvent,
  type CommandBody,
  type CommandType,
  commandContracts,
  type EventData,
} from '@backhaul/sdk/canonical'
import {
  type Connector,
  type Delivered,
  type Delivery,
  DeliveryError,
  type GuardedFetch,
  type PolledMessage,
} from '@backhaul/sdk/connector'
import { createTestFetch, noDial } from '@backhaul/sdk/testing'
import { addressOfWarehouse, returnAddresses, senderAddress } from './return-address.ts'
import { inches, ounces, pounds } from './return-parcel.ts'

type Contact = Delivery<unknown>['contact']

/** Who sends the parcels of the tests. */
export const customer = {
  name: 'Ada Example',
  email: 'ada@example.com',
  address: {
    street: '2 Elm St',
    city: 'Austin',
    region: 'TX',
    postalCode: '78701',
    country: 'US',
  },
} as const satisfies Contact

/** Where they go. */
export const warehouse = {
  name: 'Returns',
  company: 'Example Supply',
  street: '1 Dock Road',
  city: 'Reno',
  region: 'NV',
  postalCode: '89501',
  country: 'US',
  phone: '7755550100',
} as const

export const usualParcel = { grams: 900, lengthMm: 300, widthMm: 200, heightMm: 100 } as const

export const goods = [{ lineNo: 1, product: { sku: 'PUMP-1' }, quantity: '2', unit: 'EA' }]

/** The connector with its label command alone, to which the customer is told as the hub does it. */
export function onlyCreate(connector: Connector): Connector {
  const create = connector.delivers['label.create']
  assert.ok(create, 'the connector makes labels')
  const told: typeof create.deliver = (given) => create.deliver({ ...given, contact: customer })
  return { ...connector, delivers: { 'label.create': { ...create, deliver: told } } }
}

/** The connector with nothing but `label.void`. */
export function onlyVoid(connector: Connector): Connector {
  const gone = connector.delivers['label.void']
  assert.ok(gone, 'the connector gives labels back')
  return { ...connector, webhooks: {}, polls: {}, delivers: { 'label.void': gone } }
}

/** Requests to doubles, without an end of their own. */
export const loopback: GuardedFetch = createTestFetch(new AbortController().signal)

/** One attempt of a command against a double. */
export function deliver<T extends CommandType>(
  connector: Connector,
  type: T,
  given: {
    readonly config: unknown
    readonly body: CommandBody<T>
    readonly contact?: Contact
    readonly caseNo?: string
    readonly attempt?: number
    readonly fetch?: GuardedFetch
    readonly now?: Date
  },
): Promise<Delivered> {
  const definition = connector.delivers[type]
  assert.ok(definition, `delivers ${type}`)
  const { caseNo = 'RMA-000123-7', now = new Date('2026-11-03T09:00:00Z') } = given
  const command = {
    type,
    caseId: '01920000-0000-7000-8000-000000000001',
    caseNo,
    caseVersion: 2,
    occurredAt: '2026-11-02T08:00:00.000Z',
    body: commandContracts[type].body.parse(given.body),
  }
  return definition.deliver({
    config: connector.config.parse(given.config),
    command,
    contact: given.contact,
    idempotencyKey: `bh_${caseNo}`,
    attempt: given.attempt ?? 1,
    signal: AbortSignal.timeout(30_000),
    fetch: given.fetch ?? loopback,
    dial: noDial,
    now,
  })
}

/** What is told of a label. */
export function issuedBy({ events }: Delivered): EventData<'label.issued'> {
  const [event] = events ?? []
  assert.equal(event?.type, 'label.issued')
  return (event as CanonicalEvent<'label.issued'>).data
}

/** What a poll tells, page after page, and where it ends. */
export async function look(
  connector: Connector,
  name: string,
  given: { readonly config: unknown; readonly cursor?: string | null; readonly now: Date },
): Promise<{ readonly messages: PolledMessage[]; readonly cursor: string | null }> {
  const poll = connector.polls[name]
  assert.ok(poll, `polls ${name}`)
  const config: unknown = connector.config.parse(given.config)
  const messages: PolledMessage[] = []
  let cursor = given.cursor ?? null
  for (;;) {
    const signal = AbortSignal.timeout(30_000)
    const ways = { fetch: loopback, dial: noDial }
    const asked = { ...ways, config, signal, cursor, limit: 100, now: given.now }
    const page = await poll.pull(asked)
    messages.push(...page.messages)
    cursor = page.cursor
    if (!page.hasMore) return { messages, cursor }
  }
}

/** How an attempt fails: class, code, reason and exception, as an operator reads them. */
export async function failureOf(attempt: Promise<unknown>) {
  const error = await attempt.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof DeliveryError, `failed with ${String(error)}`)
  const { kind, code, reason, exception } = error
  return { kind, code, reason, exception }
}

describe('an address for a label', () => {
  test('is the contact, with the name of the address before that of the person', () => {
    const { name, country } = senderAddress({
      ...customer,
      address: { ...customer.address, name: 'Ada at work', country: 'us' },
    })
    assert.deepEqual([name, country], ['Ada at work', 'US'])
  })

  test('says each field that is missing, and no value', async () => {
    const { region: _region, postalCode: _code, ...some } = customer.address
    const told = (contact: Contact) => failureOf((async () => senderAddress(contact))())
    assert.deepEqual(await told({ ...customer, address: { ...some, street: '  ' } }), {
      kind: 'terminal',
      code: 'ADDRESS_INCOMPLETE',
      reason: "the customer's address has no street, no region, no postalCode",
      exception: 'LG01',
    })
    const { reason } = await told(undefined)
    assert.match(reason ?? '', /has no name, no street, no city, no country, no postalCode$/)
  })

  test('needs no region in most countries, and no postal code in a few', () => {
    const { region: _region, ...german } = { ...customer.address, country: 'DE' }
    assert.equal(senderAddress({ ...customer, address: german }).region, undefined)
    const { postalCode: _code, ...irish } = { ...german, country: 'HK' }
    assert.equal(senderAddress({ ...customer, address: irish }).postalCode, undefined)
  })

  test('of the warehouse is its own, or the one for all others', async () => {
    const addresses = returnAddresses.parse({
      '*': warehouse,
      west: { ...warehouse, city: 'Fresno' },
    })
    assert.equal(addressOfWarehouse(addresses, 'west').city, 'Fresno')
    assert.equal(addressOfWarehouse(addresses, 'east').city, 'Reno')
    assert.equal(addressOfWarehouse(addresses, undefined).city, 'Reno')
    const { west } = addresses
    assert.ok(west)
    const none = failureOf((async () => addressOfWarehouse({ west }, 'east'))())
    assert.equal((await none).code, 'RETURN_ADDRESS_MISSING')
    assert.equal(returnAddresses.safeParse({}).success, false)
  })
})

test('weights and sizes are never less than the parcel', () => {
  assert.deepEqual([ounces(900), pounds(900), pounds(1)], ['31.8', '2', '0.1'])
  assert.deepEqual([inches(254), inches(255)], ['10', '10.1'])
})
