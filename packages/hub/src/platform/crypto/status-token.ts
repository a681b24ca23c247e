import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { KeyRing } from './key-ring.ts'

/** Keys that sign links to status pages: the active one signs, every one verifies. */
export interface StatusLinkKeys {
  readonly activeKeyId: string
  readonly keys: ReadonlyMap<string, Buffer>
}

/** What a link says. */
export interface StatusClaims {
  readonly caseId: string
  readonly expiresAt: Date
  /** Up to 65,535. */
  readonly generation: number
}

const purpose = 'backhaul status link'
const keyBytes = 32
const macBytes = 16
const claimBytes = 16 + 4 + 2 + 4
/** 42 bytes fill 56 characters: no link can be written in two ways. */
const pattern = /^[A-Za-z0-9_-]{56}$/

/** Derives the signing keys from the master keys by HKDF with SHA-256 (RFC 5869). */
export function statusLinkKeys(ring: KeyRing): StatusLinkKeys {
  return {
    activeKeyId: ring.activeKeyId,
    keys: new Map([...ring.keys].map(([id, key]) => [id, derive(key)])),
  }
}

function derive(masterKey: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, '', purpose, keyBytes))
}

/** The token of a link: claims and their HMAC, of which 128 bits are kept (RFC 2104, section 5). */
export function signStatusToken(keys: StatusLinkKeys, claims: StatusClaims): string {
  const body = Buffer.alloc(claimBytes)
  body.write(claims.caseId.replaceAll('-', ''), 0, 'hex')
  body.writeUInt32BE(Math.floor(claims.expiresAt.getTime() / 1000), 16)
  body.writeUInt16BE(claims.generation, 20)
  Buffer.from(keys.activeKeyId, 'hex').copy(body, 22)
  const key = keys.keys.get(keys.activeKeyId)
  if (key === undefined) throw new TypeError('the active key is not in its ring')
  return Buffer.concat([body, macOf(key, 'link', body)]).toString('base64url')
}

/** What a token says; null for one that no key of ours has signed. It may have expired. */
export function readStatusToken(keys: StatusLinkKeys, token: string): StatusClaims | null {
  if (!pattern.test(token)) return null
  const bytes = Buffer.from(token, 'base64url')
  const body = bytes.subarray(0, claimBytes)
  const key = keys.keys.get(body.toString('hex', 22, 26))
  if (key === undefined) return null
  if (!timingSafeEqual(macOf(key, 'link', body), bytes.subarray(claimBytes))) return null
  return {
    caseId: uuidIn(body),
    expiresAt: new Date(body.readUInt32BE(16) * 1000),
    generation: body.readUInt16BE(20),
  }
}

/** What a browser keeps after the right answer to the question before a page: good for that link, for a while. */
export function signStatusPass(keys: StatusLinkKeys, token: string, until: Date): string {
  const key = keys.keys.get(keys.activeKeyId)
  if (key === undefined) throw new TypeError('the active key is not in its ring')
  const seconds = Math.floor(until.getTime() / 1000)
  return `${seconds}.${passMac(key, token, seconds)}`
}

export function isStatusPass(
  keys: StatusLinkKeys,
  { token, pass, now }: { readonly token: string; readonly pass: string; readonly now: Date },
): boolean {
  const [, seconds = '', mac = ''] = /^(\d{1,12})\.([A-Za-z0-9_-]{22})$/.exec(pass) ?? []
  if (seconds === '' || Number(seconds) * 1000 <= now.getTime()) return false
  const given = Buffer.from(mac)
  return [...keys.keys.values()].some((key) =>
    timingSafeEqual(Buffer.from(passMac(key, token, Number(seconds))), given),
  )
}

function passMac(key: Buffer, token: string, seconds: number): string {
  return macOf(key, 'pass', Buffer.from(`${token} ${seconds}`)).toString('base64url')
}

function macOf(key: Buffer, use: 'link' | 'pass', body: Uint8Array): Buffer {
  const mac = createHmac('sha256', key).update(use).update('\0').update(body)
  return mac.digest().subarray(0, macBytes)
}

function uuidIn(body: Buffer): string {
  return body.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
