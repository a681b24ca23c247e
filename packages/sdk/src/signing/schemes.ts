import { adyen } from './adyen.ts'
import { type HmacRow, hmacScheme, type SignatureCarrier } from './hmac.ts'
import { rsaScheme } from './rsa.ts'
import type { SignatureScheme } from './scheme.ts'
import { headerSecretScheme, secretAddress } from './shared-secret.ts'
import { standardWebhooks } from './standard-webhooks.ts'

/**
 * How each system signs its webhooks: one row each, with its source, read in November 2026. What a comment calls
 * "unconfirmed" rests on other people's code, since the vendor's own page was not at hand: check it against a real
 * request before a connector that uses it is called supported.
 */
// biome-ignore format: a table
const hmacRows = {
  // Unconfirmed: Shopify. X-Shopify-Triggered-At is not signed, so replays are left to the webhook id.
  shopify:     { algorithm: 'sha256', encoding: 'base64', signs: ['body'], carries: inHeader('x-shopify-hmac-sha256') },
  // WooCommerce source, WC_Webhook::generate_signature.
  woocommerce: { algorithm: 'sha256', encoding: 'base64', signs: ['body'], carries: inHeader('x-wc-webhook-signature') },
  // Zendesk, "Verifying webhooks": base64(HMACSHA256(TIMESTAMP + BODY)).
  zendesk:     { algorithm: 'sha256', encoding: 'base64', signs: ['timestamp', 'body'],
                 carries: { in: 'header', header: 'x-zendesk-webhook-signature',
                            timestamp: { header: 'x-zendesk-webhook-signature-timestamp', format: 'iso_8601' } } },
  // HubSpot, "Validating requests", v3. HubSpot signs a decoded address; ours hold nothing that is percent-encoded.
  hubspot:     { algorithm: 'sha256', encoding: 'base64', signs: ['method', 'url', 'body', 'timestamp'],
                 carries: { in: 'header', header: 'x-hubspot-signature-v3',
                            timestamp: { header: 'x-hubspot-request-timestamp', format: 'unix_milliseconds' } } },
  // Zammad, "Webhook": HMAC-SHA1 over the body, as GitHub once did.
  zammad:      { algorithm: 'sha1', encoding: 'hex', signs: ['body'], carries: inHeader('x-hub-signature', 'sha1=') },
  // Request Tracker has no webhooks: this is what our own scrip sends.
  requestTracker: { algorithm: 'sha256', encoding: 'hex', signs: ['timestamp', { text: '.' }, 'body'],
                 carries: { in: 'header', header: 'x-rt-signature', timestamp: { header: 'x-rt-timestamp', format: 'unix_seconds' } } },
  // EasyPost client libraries, validate_webhook.
  easypost:    { algorithm: 'sha256', encoding: 'hex', keyForm: 'utf8_nfkd', signs: ['body'],
                 carries: inHeader('x-hmac-signature', 'hmac-sha256-hex=') },
  // Sendcloud, "Webhooks" (v2): the header, HMAC and SHA-256. Unconfirmed: that it is hexadecimal.
  sendcloud:   { algorithm: 'sha256', encoding: 'hex', signs: ['body'], carries: inHeader('sendcloud-signature') },
  // Unconfirmed: ShipHero.
  shiphero:    { algorithm: 'sha256', encoding: 'base64', signs: ['body'], carries: inHeader('x-shiphero-hmac-sha256') },
  // Intuit, "Managing webhooks notifications".
  quickbooks:  { algorithm: 'sha256', encoding: 'base64', signs: ['body'], carries: inHeader('intuit-signature') },
  // Xero OpenAPI, xero-webhooks.yaml: the header, HMAC-SHA256 in base64.
  xero:        { algorithm: 'sha256', encoding: 'base64', signs: ['body'], carries: inHeader('x-xero-signature') },
  // Unconfirmed: Stripe. Its secret starts with whsec_ too, and is used as text.
  stripe:      { algorithm: 'sha256', encoding: 'hex', signs: ['timestamp', { text: '.' }, 'body'],
                 carries: { in: 'pairs', header: 'stripe-signature', timestampKey: 't', signatureKey: 'v1' } },
  // Walmart Marketplace, "Security and authenticity".
  walmart:     { algorithm: 'sha256', encoding: 'base64',
                 signs: ['method', { text: '\n' }, 'path_and_query', { text: '\n' }, 'timestamp', { text: '\n' }, 'body_sha256_hex'],
                 carries: { in: 'header', header: 'wm_sec.signature', timestamp: { header: 'wm_sec.timestamp', format: 'unix_seconds' } } },
  // Slack, "Verifying requests from Slack", whose example is in the test.
  slack:       { algorithm: 'sha256', encoding: 'hex', signs: [{ text: 'v0:' }, 'timestamp', { text: ':' }, 'body'],
                 carries: { in: 'header', header: 'x-slack-signature', prefix: 'v0=',
                            timestamp: { header: 'x-slack-request-timestamp', format: 'unix_seconds' } } },
  // Twilio, "Webhooks security", for form-encoded callbacks; its examples are in the test.
  twilio:      { algorithm: 'sha1', encoding: 'base64', signs: ['url', 'sorted_form_fields'], carries: inHeader('x-twilio-signature') },
} as const satisfies Record<string, HmacRow>

export const schemes = {
  ...mapRows(hmacRows),
  standardWebhooks,
  // Unconfirmed: ShipBob.
  shipbob: standardWebhooks,
  adyen,
  // ShipEngine and ShipStation V2, "Webhook Validation": the headers, the window, raw bytes. Unconfirmed: the content
  // `{timestamp}.{body}` and the timestamp's form.
  shipengine: rsaScheme({
    signatureHeader: 'x-shipengine-rsa-sha256-signature',
    keyIdHeader: 'x-shipengine-rsa-sha256-key-id',
    timestampHeader: 'x-shipengine-timestamp',
    timestampFormat: 'iso_8601',
  }),
  // BigCommerce sends back the headers that a hook was created with. We create ours with this one.
  bigcommerce: headerSecretScheme('x-backhaul-secret'),
  // UPS Track Alert takes a credential per subscription. Unconfirmed: the header that brings it back.
  ups: headerSecretScheme('credential'),
  // Odoo signs nothing.
  odoo: secretAddress,
} as const satisfies Record<string, SignatureScheme>

export type SchemeName = keyof typeof schemes

function inHeader(headerName: string, prefix = ''): SignatureCarrier {
  return { in: 'header', header: headerName, prefix }
}

function mapRows<Rows extends Record<string, HmacRow>>(
  rows: Rows,
): { readonly [Name in keyof Rows]: SignatureScheme } {
  const entries = Object.entries(rows).map(([name, row]) => [name, hmacScheme(row)])
  return Object.fromEntries(entries) as { readonly [Name in keyof Rows]: SignatureScheme }
}
