/** What Shopify tells by webhook: each is a hint at the same poll, at one address of ours. */
export const shopifyTopics = [
  'RETURNS_REQUEST',
  'RETURNS_APPROVE',
  'RETURNS_DECLINE',
  'RETURNS_CANCEL',
  'RETURNS_CLOSE',
  'RETURNS_REOPEN',
  'RETURNS_UPDATE',
  'RETURNS_PROCESS',
  'REVERSE_DELIVERIES_ATTACH_DELIVERABLE',
  'REVERSE_FULFILLMENT_ORDERS_DISPOSE',
  'REFUNDS_CREATE',
] as const
export type ShopifyTopic = (typeof shopifyTopics)[number]

/** Our topic for all of them. */
export const hubTopic = 'changed'

/** What the app has to be granted. */
export const scopes = ['read_orders', 'write_orders', 'read_returns', 'write_returns'] as const
