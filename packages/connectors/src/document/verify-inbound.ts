import type { Verdict, WebhookRequest } from '@backhaul/sdk/connector'
import { headerSecretScheme, type SignatureScheme, schemes } from '@backhaul/sdk/signing'

/** How a sender can prove itself: the ways of the systems that we know of, and two plain ones. */
const byName = {
  address: schemes.odoo,
  header: headerSecretScheme('x-backhaul-secret'),
  standard_webhooks: schemes.standardWebhooks,
  shopify: schemes.shopify,
  woocommerce: schemes.woocommerce,
  zendesk: schemes.zendesk,
  hubspot: schemes.hubspot,
  github_sha1: schemes.zammad,
  sendcloud: schemes.sendcloud,
  shiphero: schemes.shiphero,
  stripe: schemes.stripe,
  walmart: schemes.walmart,
  slack: schemes.slack,
  twilio: schemes.twilio,
} as const satisfies Record<string, SignatureScheme>

export type InboundScheme = keyof typeof byName
export const inboundSchemes = Object.keys(byName) as [InboundScheme, ...InboundScheme[]]

/**
 * The secrets of a connection, each with the name of its scheme before it: what verifies a request is not
 * told the configuration. A scheme without a secret is named all the same, so that nothing else stands in
 * for it; but for the address, of which the hub then makes a secret part.
 */
export function markSecrets({
  scheme,
  secrets,
}: {
  readonly scheme: InboundScheme
  readonly secrets: readonly string[]
}): string[] {
  if (scheme === 'address' && secrets.length === 0) return []
  return [`${scheme} `, ...secrets.map((one) => `${scheme} ${one}`)]
}

export function verifyInbound(request: WebhookRequest): Verdict {
  const marked = request.secrets.flatMap((one) => {
    const space = one.indexOf(' ')
    return space < 0 ? [] : [{ scheme: one.slice(0, space), value: one.slice(space + 1) }]
  })
  const given = request.secrets.filter((one) => !one.includes(' '))
  const scheme = marked[0]?.scheme ?? 'address'
  if (!isInboundScheme(scheme)) return { ok: false, reason: 'no_secret' }
  const own = marked.flatMap(({ value }) => (value === '' ? [] : [value]))
  const secrets = scheme === 'address' ? [...own, ...given] : own
  return byName[scheme].verify({ ...request, secrets })
}

function isInboundScheme(name: string): name is InboundScheme {
  return Object.hasOwn(byName, name)
}
