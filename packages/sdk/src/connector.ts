export {
  type Allowance,
  type Allowances,
  type BudgetLimits,
  countHeader,
} from './connector/allowance.ts'
export { canonicalEvents } from './connector/canonical-events.ts'
export {
  type CheckReport,
  type ConnectionCheck,
  type Connector,
  type ConnectorDefinition,
  type ConnectorLimits,
  DefinitionError,
  defineConnector,
  type LinkedRef,
  type LinkOf,
} from './connector/define-connector.ts'
export type {
  Delivered,
  DeliveredRef,
  Delivery,
  DeliveryCommand,
  DeliveryContact,
  DeliveryDefinition,
  DeliveryHandler,
  MappedRequest,
  ReadBack,
  ReadBackResult,
  WriteIdempotency,
} from './connector/delivery.ts'
export type { FeedDefinition, FeedPage, FeedPull } from './connector/feed.ts'
export type { DialTarget, GuardedDial } from './connector/guarded-dial.ts'
export type { GuardedFetch, GuardedRequest, GuardedResponse } from './connector/guarded-fetch.ts'
export { classifyStatus, parseRetryAfter } from './connector/http-status.ts'
export {
  type AnswerOrder,
  type LookUps,
  type OrderAnswer,
  type OrderLookUp,
  type OrderQuestion,
  recordedOrder,
} from './connector/look-up.ts'
export type { OAuthDefinition, OAuthSettings, RefreshRotation } from './connector/oauth.ts'
export {
  type PollDefinition,
  type PolledMessage,
  type PollPage,
  type PollPull,
  type PresenceDefinition,
  type PresenceQuestion,
  presencePoll,
} from './connector/poll.ts'
export { listSecrets, mapSecrets, secret } from './connector/secret-fields.ts'
export type {
  Diagnose,
  DiagnoseContext,
  Finding,
  SetupContext,
  SetupDefinition,
  SetupPlan,
  SetupState,
  SetupStep,
  WebhookAddresses,
} from './connector/setup.ts'
export type {
  NoticePreview,
  NoticeToPreview,
  TemplateProblem,
  TemplatesDefinition,
} from './connector/templates.ts'
export { type NotedReturn, ticketNote } from './connector/ticket-note.ts'
export {
  type AnyWebhookDefinition,
  type Reading,
  type ReadingIssue,
  type Webhook,
  type WebhookAnswer,
  type WebhookDefinition,
  webhook,
} from './connector/webhook.ts'
export {
  type DeliveryCode,
  DeliveryError,
  type DeliveryFailure,
  deliveryCodes,
  type NetworkFailure,
  networkFailure,
  RetryableError,
  TerminalError,
  UnknownOutcomeError,
} from './errors.ts'
export { type HeaderValues, header } from './headers.ts'
export type { Verdict, WebhookRequest } from './signing/scheme.ts'
