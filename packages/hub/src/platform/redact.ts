/**
 * Keys whose value never reaches a log line: credentials, bodies, and what tells who a customer
 * is. A log line is about ids; where an object slips in that holds more, these are its dangerous
 * parts. Compared in lower case and without `-` and `_`.
 */
const redactedKeys = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'xapikey',
  'apikey',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'sessiontoken',
  'clientsecret',
  'webhooksecret',
  'token',
  'secret',
  'secrets',
  'password',
  'passphrase',
  'masterkey',
  'privatekey',
  'signature',
  'connectionstring',
  'databaseurl',
  'rawbody',
  'body',
  'payload',
  'email',
  'phone',
  'firstname',
  'lastname',
  'fullname',
  'customername',
  'address',
  'shippingaddress',
  'billingaddress',
  'street',
  'postalcode',
  'iban',
])

const deepestLevel = 6

/** Which keys are redacted, remembered for every spelling seen, since log objects repeat them. */
const verdicts = new Map<string, boolean>()
const rememberedKeys = 10_000

function isRedactedKey(key: string): boolean {
  const known = verdicts.get(key)
  if (known !== undefined) return known
  const verdict = redactedKeys.has(key.toLowerCase().replaceAll(/[-_]/g, ''))
  if (verdicts.size < rememberedKeys) verdicts.set(key, verdict)
  return verdict
}

/**
 * A copy of a log object in which the value of every sensitive key, at any depth, says
 * `[redacted]`. Errors and other class instances pass as they are: the logger's serializers
 * know the former, and JSON the latter.
 */
export function redact(fields: Record<string, unknown>): Record<string, unknown> {
  return redactObject(fields, 0)
}

function redactObject(fields: object, level: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fields)) {
    copy[key] = isRedactedKey(key) && value != null ? '[redacted]' : redactValue(value, level + 1)
  }
  return copy
}

function redactValue(value: unknown, level: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (level > deepestLevel) return '[too deep]'
  if (Array.isArray(value)) return value.map((item) => redactValue(item, level + 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null ? redactObject(value, level) : value
}
