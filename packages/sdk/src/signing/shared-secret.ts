import { createHash, timingSafeEqual } from 'node:crypto'
import { readHeader } from './read-header.ts'
import { accepted, isRefusal, refused, type SignatureScheme } from './scheme.ts'

const minSecretLength = 24
const maxAddressSecretLength = 200

/**
 * A secret that we register with the vendor and that comes back in a header. It proves who knows it, not
 * what was sent: use it where a vendor offers nothing better, over TLS, and read the record back.
 */
export function headerSecretScheme(headerName: string): SignatureScheme {
  return {
    verify: ({ headers, secrets }) => {
      const usable = secrets.filter((secret) => secret.length >= minSecretLength)
      if (usable.length === 0) return refused('no_secret')
      const given = readHeader(headers, headerName)
      if (isRefusal(given)) return given
      return isOneOf(usable, given.value) ? accepted : refused('bad_signature')
    },
    sign: ({ body, secret, url }) => ({
      headers: { [headerName]: secret },
      url,
      body: Buffer.from(body),
    }),
  }
}

/**
 * For systems that sign nothing: the last segment of the address is the secret. What such a request says is
 * a hint only, since an address ends up in logs and browser histories.
 */
export const secretAddress: SignatureScheme = {
  verify: ({ url, secrets }) => {
    const usable = secrets.filter((secret) => secret.length >= minSecretLength)
    if (usable.length === 0) return refused('no_secret')
    const [path = ''] = url.split(/[?#]/, 1)
    const given = path.slice(path.lastIndexOf('/') + 1)
    if (given.length > maxAddressSecretLength) return refused('malformed')
    return isOneOf(usable, given) ? accepted : refused('bad_signature')
  },
  sign: ({ body, secret, url }) => ({
    headers: {},
    url: `${url.replace(/\/$/, '')}/${secret}`,
    body: Buffer.from(body),
  }),
}

/** Hashed first, so that neither content nor length of a secret shows in the time taken. */
function isOneOf(secrets: readonly string[], given: string): boolean {
  const hash = sha256(given)
  return secrets.filter((secret) => timingSafeEqual(sha256(secret), hash)).length > 0
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
