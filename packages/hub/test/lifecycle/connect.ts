import { readFileSync } from 'node:fs'
import { ensurePlaces, openAsAdmin } from '@backhaul/connectors/test-odoo'
import type { Neighborhood } from '@backhaul/simulator'
import type { CliHub } from '../../src/cli/with-hub.ts'
import {
  applyFiles,
  configureNeighbor,
  installNeighbor,
  type Neighbor,
  setUpAt,
} from '../support/neighborhood.ts'

/** So that what fails is tried again while the run lasts, and never given up. */
const retry = { delaysSeconds: [1, 1, 1, 2, 2, 3, ...Array.from({ length: 40 }, () => 5)] }

/** How often the hub looks by itself, in seconds: webhooks get lost, and a run shall not wait for minutes. */
export const pollPauses = [
  'odoo/changes=2',
  'shopify/changes=2',
  'shopify/open-returns=5',
  'woocommerce/changes=2',
  'desk/tickets=10',
  'warehouse/events=2',
  'easypost/trackers=5',
  'stripe/changes=2',
]

/** Connects everybody to a hub at `hubUrl`, as its operators do. */
export async function connectAll(
  desk: CliHub,
  { neighborhood, hubUrl }: { readonly neighborhood: Neighborhood; readonly hubUrl: string },
): Promise<void> {
  const { zendesk, warehouse, stripe } = neighborhood
  const standard = new URL('../../policies/standard-returns.yaml', import.meta.url)
  // Everything was paid by card: a credit alone would leave the customer without the money.
  const text = readFileSync(standard, 'utf8').replaceAll(
    'method: credit_note',
    'method: card_refund',
  )
  await applyFiles(desk, [{ path: 'policies/standard-returns.yaml', text }])
  for (const neighbor of await neighborsOf(neighborhood)) {
    await installNeighbor(desk, { ...neighbor, retry })
  }
  await connectMail(desk, neighborhood)
  const atHub = { connections: desk.connections, config: { ...desk.config, publicUrl: hubUrl } }
  for (const id of ['desk', 'shopify', 'woocommerce']) await setUpAt(atHub, id)
  const webhookSecrets = [...zendesk.world.webhooks.values()].map(({ secret }) => secret)
  await configureNeighbor(desk, 'desk', { webhookSecrets })
  warehouse.subscribe(`${hubUrl}/webhooks/warehouse/events`)
  stripe.subscribe(`${hubUrl}/webhooks/stripe/events`)
}

async function neighborsOf(neighborhood: Neighborhood): Promise<Neighbor[]> {
  const { zendesk, shopify, woocommerce, easypost, warehouse, stripe } = neighborhood
  return [
    await odooOf(neighborhood),
    {
      channel: 'zendesk',
      as: 'desk',
      roles: ['helpdesk'],
      config: { url: zendesk.url, email: 'backhaul@acme.example', token: 'zendesk-token' },
      edits: { 'currency: EUR': 'currency: USD' },
    },
    {
      channel: 'shopify',
      as: 'shopify',
      roles: ['channel'],
      isRouted: false,
      config: { url: shopify.url, clientSecret: 'client-secret', accessToken: 'shpat_lasting' },
    },
    {
      channel: 'woocommerce',
      as: 'woocommerce',
      roles: ['channel'],
      isRouted: false,
      config: {
        url: woocommerce.url,
        consumerKey: 'ck_0123456789abcdef',
        consumerSecret: 'cs_0123456789abcdef',
        webhookSecret: 'w'.repeat(32),
      },
    },
    {
      channel: 'rest-warehouse',
      as: 'warehouse',
      roles: ['wms'],
      config: {
        url: warehouse.url,
        token: warehouse.token,
        inboundSecrets: [warehouse.signingSecret],
      },
    },
    {
      channel: 'easypost',
      as: 'easypost',
      roles: ['carrier'],
      config: {
        url: `${easypost.url}/v2`,
        apiKey: 'EZTK-double',
        returnAddresses: { '*': dock },
        parcel: { grams: 2_000, lengthMm: 300, widthMm: 200, heightMm: 200 },
      },
    },
    {
      channel: 'stripe',
      as: 'stripe',
      roles: ['payments'],
      config: {
        url: stripe.http.url,
        apiKey: 'sk_test_double',
        webhookSecrets: ['whsec_double'],
        orderMetadata: 'order',
      },
    },
  ]
}

const dock = {
  name: 'Returns',
  street: '1 Dock Road',
  city: 'Austin',
  postalCode: '78701',
  region: 'TX',
  country: 'US',
}

async function odooOf({ odoo }: Neighborhood): Promise<Neighbor> {
  const { url, database, login, key, adminKey } = odoo
  const admin = await openAsAdmin({
    url,
    database,
    hub: { login, key },
    admin: { login: 'admin', key: adminKey },
  })
  const places = await ensurePlaces(admin)
  return {
    channel: 'odoo',
    as: 'odoo',
    roles: ['erp', 'supplier'],
    config: { url, database, login, key, warehouses: { '*': places } },
  }
}

/** Mail has no channel: it only tells. */
async function connectMail({ connections, by }: CliHub, { smtp }: Neighborhood): Promise<void> {
  const { host, port } = smtp
  await connections.createConnection(
    {
      connectionId: 'mail',
      connector: 'smtp',
      title: 'Mail',
      roles: ['notify'],
      retry,
      config: { host, port, security: 'none', from: { address: 'returns@acme.example' } },
    },
    by,
  )
  await connections.setRoute({ role: 'notify', connectionId: 'mail' }, by)
}
