export { type HmacRow, hmacScheme, type SignatureCarrier, type SignedPart } from './signing/hmac.ts'
export { type RsaRow, rsaScheme } from './signing/rsa.ts'
export type {
  Refusal,
  RefusalReason,
  SignatureScheme,
  SignedRequest,
  UnsignedRequest,
  Verdict,
  WebhookRequest,
} from './signing/scheme.ts'
export { type SchemeName, schemes } from './signing/schemes.ts'
export { headerSecretScheme, secretAddress } from './signing/shared-secret.ts'
export {
  isSigningSecret,
  isVerifyingSecret,
  prepareSigner,
  type StandardWebhookMessage,
  standardWebhooks,
} from './signing/standard-webhooks.ts'
export { toleranceSeconds } from './signing/timestamp.ts'
