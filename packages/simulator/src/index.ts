/** The neighborhood of a returns hub, as doubles that speak over HTTP on the loopback address. */

export * from './double/index.ts'
export {
  type EasyPostDouble,
  type EasyPostOptions,
  startEasyPost,
} from './easypost/easypost-double.ts'
export {
  type FaultyProxy,
  type FaultyProxyOptions,
  type ProxiedRequest,
  type ProxyFault,
  startFaultyProxy,
} from './faulty-proxy.ts'
export {
  type FreshdeskDouble,
  type FreshdeskOptions,
  startFreshdesk,
} from './freshdesk/freshdesk-double.ts'
export { type HubSpotDouble, type HubSpotOptions, startHubSpot } from './hubspot/hubspot-double.ts'
export { type MedusaDouble, type MedusaOptions, startMedusa } from './medusa/index.ts'
export {
  calm,
  type Neighborhood,
  type NeighborName,
  startNeighborhood,
  stormy,
  type Weather,
} from './neighborhood/neighborhood.ts'
export { catalogue, lineTotals, type SharedOrder } from './neighborhood/orders.ts'
export { startTokenEndpoint, type TokenEndpoint } from './oauth/token-endpoint.ts'
export type { TokenIssuer, TokenIssuerOptions } from './oauth/token-issuer.ts'
export type { Fault, FaultRule, WebhookRule } from './odoo/faults/faults.ts'
export { type OdooDouble, type OdooOptions, startOdoo } from './odoo/odoo-double.ts'
export {
  type QuickBooksDouble,
  type QuickBooksInvoice,
  type QuickBooksOptions,
  startQuickBooks,
} from './quickbooks/quickbooks-double.ts'
export {
  type RecordedRequest,
  type RecordingSink,
  startRecordingSink,
  type UsualReply,
} from './recording-sink.ts'
export type { FaultMoment, Reply } from './reply.ts'
export {
  missingForRealRt,
  type RealRt,
  type RealRtOptions,
  startRealRt,
} from './request-tracker/real-rt.ts'
export {
  type RequestTrackerDouble,
  type RequestTrackerOptions,
  startRequestTracker,
} from './request-tracker/rt-double.ts'
export {
  type RestWarehouse,
  type RestWarehouseOptions,
  startRestWarehouse,
} from './rest-warehouse/rest-warehouse.ts'
export type { ReturnFields } from './return-fields.ts'
export {
  type AroundChange,
  type SftpChange,
  SftpFolder,
  type SftpFolderOptions,
  type StoredFile,
} from './sftp/sftp-folder.ts'
export {
  type ShipEngineDouble,
  type ShipEngineOptions,
  startShipEngine,
} from './shipengine/shipengine-double.ts'
export {
  type ShipHeroDouble,
  type ShipHeroOptions,
  startShipHero,
} from './shiphero/shiphero-double.ts'
export { shopifyAdminSchema } from './shopify/admin-schema.ts'
export { queryCost as shopifyQueryCost } from './shopify/query-cost.ts'
export { type ShopifyDouble, type ShopifyOptions, startShopify } from './shopify/shopify-double.ts'
export {
  type SlackDouble,
  type SlackMessage,
  type SlackOptions,
  startSlack,
} from './slack/slack-double.ts'
export { type SmtpDouble, type SmtpOptions, startSmtp } from './smtp/smtp-double.ts'
export type { SmtpVices } from './smtp/vices.ts'
export {
  type StripeDouble,
  type StripeOptions,
  type StripeRefund,
  startStripe,
} from './stripe/stripe-double.ts'
export { startUps, type UpsDouble, type UpsOptions } from './ups/ups-double.ts'
export {
  startWoocommerce,
  type WoocommerceDouble,
  type WoocommerceOptions,
} from './woocommerce/index.ts'
export {
  startXero,
  type XeroDouble,
  type XeroInvoice,
  type XeroOptions,
} from './xero/xero-double.ts'
export { startZendesk, type ZendeskDouble, type ZendeskOptions } from './zendesk/zendesk-double.ts'
