import { randomBytes } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { HubError } from '../errors.ts'
import { createPrivateFile, ensureDataDir, isSystemError } from '../private-files.ts'
import { decrypt, encrypt, newDataKey } from './aead.ts'
import { sha256Hex } from './hash.ts'

/**
 * The master keys of an installation: the first seals, every one opens.
 *
 * To rotate, put a new key before the old ones, `reseal` what is stored, then drop the old.
 */
export type KeyRing = {
  readonly activeKeyId: string
  /** By key id, which is derived from the key, so that nobody has to name keys. */
  readonly keys: ReadonlyMap<string, Buffer>
}

const version = 'bh1'
const keyBytes = 32

/**
 * Reads keys of 32 bytes, each in base64, base64url or hexadecimal, with commas, blanks or line
 * ends between them. Lines that start with `#` are comments.
 */
export function parseKeyRing(text: string): KeyRing {
  const words = text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .flatMap((line) => line.split(/[\s,]+/))
    .filter((word) => word !== '')
  const entries = words.map((word) => parseKey(word)).map((key) => [keyIdOf(key), key] as const)
  const [first] = entries
  if (!first) throw unusableKey('it holds no key')
  return { activeKeyId: first[0], keys: new Map(entries) }
}

/** Whether `parseKeyRing` takes this text. */
export function isKeyRingText(text: string): boolean {
  try {
    return parseKeyRing(text).keys.size > 0
  } catch {
    return false
  }
}

function parseKey(word: string): Buffer {
  const isHex = /^[0-9a-f]{64}$/i.test(word)
  // Node's base64 decoder reads the URL-safe alphabet as well, and skips what is neither.
  const isBase64 = /^[A-Za-z0-9+/_-]{43}=?$/.test(word)
  if (!isHex && !isBase64) throw unusableKey('a key must be 32 bytes in base64 or hexadecimal')
  return Buffer.from(word, isHex ? 'hex' : 'base64')
}

function unusableKey(why: string): HubError {
  return new HubError('SECRET_UNREADABLE', `The master key cannot be used: ${why}.`)
}

function keyIdOf(key: Buffer): string {
  return sha256Hex(Buffer.concat([Buffer.from('backhaul key id'), key])).slice(0, 8)
}

/** Where the master key is kept when the configuration holds none. */
export function masterKeyPath(dataDir: string): string {
  return join(dataDir, 'master.key')
}

/**
 * Takes the master keys from the configuration, or else from `master.key` in the data folder,
 * which the first start creates, readable by its owner alone.
 */
export async function loadKeyRing(options: {
  readonly masterKey: string | undefined
  readonly dataDir: string
}): Promise<KeyRing> {
  if (options.masterKey !== undefined) return parseKeyRing(options.masterKey)
  await ensureDataDir(options.dataDir)
  const path = masterKeyPath(options.dataDir)
  const existing = await readKeyFile(path)
  if (existing !== null) return parseKeyRing(existing)
  await createPrivateFile(path, `${randomBytes(keyBytes).toString('base64')}\n`)
  // Read back: another process may have been first.
  return parseKeyRing(await readFile(path, 'utf8'))
}

async function readKeyFile(path: string): Promise<string | null> {
  try {
    const { mode } = await stat(path)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw unusableKey(`others may read ${path}; close it with: chmod 600 "${path}"`)
    }
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null
    throw error
  }
}

/**
 * Seals a secret under a data key of its own, which the active master key wraps.
 *
 * @param boundTo - where the secret lives, such as `connection:<id>:password`; it opens nowhere
 *   else.
 * @returns `bh1.<key id>.<wrapped data key>.<ciphertext>`, the last two in base64url.
 */
export function seal(ring: KeyRing, plaintext: string | Uint8Array, boundTo: string): string {
  const dataKey = newDataKey()
  const ciphertext = encrypt(dataKey, plaintext, boundTo).toString('base64url')
  return envelope(ring, { dataKey, ciphertext, boundTo })
}

/**
 * Opens what `seal` made.
 *
 * @throws {HubError} SECRET_UNREADABLE where the master key is not in the ring, the text was
 *   changed, or it was sealed for another place.
 */
export function open(ring: KeyRing, sealed: string, boundTo: string): Buffer {
  const { keyId, wrappedKey, ciphertext } = parseEnvelope(sealed)
  const dataKey = unwrap(ring, { keyId, wrappedKey, boundTo })
  const plaintext = decrypt(dataKey, Buffer.from(ciphertext, 'base64url'), boundTo)
  if (!plaintext) throw unreadable('it was changed, or sealed for another place', { keyId })
  return plaintext
}

/** Wraps the data key under the active master key; the ciphertext stays as it is. */
export function reseal(ring: KeyRing, sealed: string, boundTo: string): string {
  const { keyId, wrappedKey, ciphertext } = parseEnvelope(sealed)
  const dataKey = unwrap(ring, { keyId, wrappedKey, boundTo })
  return envelope(ring, { dataKey, ciphertext, boundTo })
}

/** Whether there is nothing for `reseal` to do. */
export function isSealedWithActiveKey(ring: KeyRing, sealed: string): boolean {
  return parseEnvelope(sealed).keyId === ring.activeKeyId
}

function envelope(
  ring: KeyRing,
  parts: { readonly dataKey: Buffer; readonly ciphertext: string; readonly boundTo: string },
): string {
  const keyId = ring.activeKeyId
  const wrapped = encrypt(masterKey(ring, keyId), parts.dataKey, wrapContext(keyId, parts.boundTo))
  return [version, keyId, wrapped.toString('base64url'), parts.ciphertext].join('.')
}

function unwrap(
  ring: KeyRing,
  parts: { readonly keyId: string; readonly wrappedKey: string; readonly boundTo: string },
): Buffer {
  const { keyId } = parts
  const wrapped = Buffer.from(parts.wrappedKey, 'base64url')
  const dataKey = decrypt(masterKey(ring, keyId), wrapped, wrapContext(keyId, parts.boundTo))
  if (!dataKey) throw unreadable('it was changed, or sealed for another place', { keyId })
  return dataKey
}

function wrapContext(keyId: string, boundTo: string): string {
  return `${version}:${keyId}:${boundTo}`
}

function masterKey(ring: KeyRing, keyId: string): Buffer {
  const key = ring.keys.get(keyId)
  if (!key) throw unreadable('its master key is not among those the hub was given', { keyId })
  return key
}

function parseEnvelope(sealed: string) {
  const [found, keyId, wrappedKey, ciphertext] = sealed.split('.')
  if (found !== version || !keyId || !wrappedKey || !ciphertext) {
    throw unreadable('it is not in the form that this version writes', {})
  }
  return { keyId, wrappedKey, ciphertext }
}

function unreadable(why: string, details: Readonly<Record<string, string>>): HubError {
  return new HubError('SECRET_UNREADABLE', `A sealed secret cannot be opened: ${why}.`, { details })
}
