import ipaddr from 'ipaddr.js'
import { HubError } from '../platform/errors.ts'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** Where a request would go: the URL's host in its normal form, without brackets, and the port. */
export interface TargetHost {
  readonly hostname: string
  readonly port: number
}

/** Decides which addresses the hub may call. */
export interface TargetGuard {
  /**
   * Checks all that can be told without a look-up.
   *
   * @returns the host; a name still has to be resolved, and each address checked.
   * @throws {HubError} TARGET_NOT_ALLOWED.
   */
  checkUrl(url: URL): TargetHost
  /**
   * Checks what a connector wants to be connected with, for a protocol of its own.
   *
   * @returns the host in its normal form; a name still has to be resolved, and each address checked.
   * @throws {HubError} TARGET_NOT_ALLOWED.
   */
  checkDialed(host: string, port: number): TargetHost
  /**
   * Checks an address that the host's name resolved to.
   *
   * @throws {HubError} TARGET_NOT_ALLOWED.
   */
  checkAddress(address: string, target: TargetHost): void
}

/** One entry of `outbound.allowedPrivateTargets`. */
type Allowed =
  | { readonly kind: 'name'; readonly name: string; readonly port: number | undefined }
  | {
      readonly kind: 'block'
      readonly network: Address
      readonly prefix: number
      readonly port: number | undefined
    }

/**
 * Makes a guard that lets calls out to public addresses, and to private ones that an administrator listed.
 *
 * @param allowedPrivateTargets - host names (for whatever they resolve to), addresses, blocks such as
 *   `10.20.0.0/16`; a name or address may end in `:port` and then stands for that port only, which is
 *   also the one way to reach a port below 1024 that is not open: 80 and 443 are to requests, 22, 465, 587 and
 *   993 to sockets of a protocol of its own.
 * @throws {HubError} VALIDATION_FAILED for an entry that is none of these.
 */
export function createTargetGuard(allowedPrivateTargets: readonly string[]): TargetGuard {
  const allowed = allowedPrivateTargets.map((entry) => parseAllowed(entry))
  const isNameListed = ({ hostname, port }: TargetHost) =>
    allowed.some((one) => one.kind === 'name' && one.name === hostname && fitsPort(one, port))

  function checkAddress(text: string, target: TargetHost): void {
    const given = ipaddr.parse(text)
    if (isPublic(given) && !isMetadata(given)) return
    const address = ipaddr.process(text)
    const isListed = allowed.some((one) => covers(one, address, target.port))
    const isAllowed = isMetadata(address)
      ? allowed.some((one) => coversExactly(one, address, target.port))
      : isListed || isNameListed(target)
    if (!isAllowed) throw notAllowed(target, `${text} is no public address`)
  }

  function checkPort(target: TargetHost, open: ReadonlySet<number>): void {
    const { hostname, port } = target
    if (port >= 1024 || open.has(port)) return
    const isListed = allowed.some(
      (one) =>
        one.port === port &&
        (one.kind === 'name'
          ? one.name === hostname
          : ipaddr.isValid(hostname) && covers(one, ipaddr.process(hostname), port)),
    )
    if (!isListed) throw notAllowed(target, `port ${port} is not allowed`)
  }

  return {
    checkAddress,
    checkUrl(url) {
      const target = { hostname: bareHost(url.hostname), port: portOf(url) }
      if (url.protocol !== 'https:' && url.protocol !== 'http:') {
        throw notAllowed(target, 'only http and https are allowed')
      }
      if (url.username !== '' || url.password !== '') {
        throw notAllowed(target, 'an address must not hold a user name or a password')
      }
      checkPort(target, openPorts)
      if (ipaddr.isValid(target.hostname)) checkAddress(target.hostname, target)
      return target
    },
    checkDialed(host, port) {
      const hostname = normalHost(ipaddr.IPv6.isValid(host) ? `[${host}]` : host)
      if (hostname === null) {
        throw notAllowed({ hostname: host, port }, 'it is neither a name nor an address')
      }
      const target = { hostname, port }
      if (!Number.isInteger(port) || port > 65_535)
        throw notAllowed(target, 'there is no such port')
      checkPort(target, openDialedPorts)
      if (ipaddr.isValid(hostname)) checkAddress(hostname, target)
      return target
    },
  }
}

const openPorts: ReadonlySet<number> = new Set([80, 443])

/** SSH, mail submission and IMAP. Not 25, at which servers speak with servers: whoever relays there lists it. */
const openDialedPorts: ReadonlySet<number> = new Set([22, 465, 587, 993])

/**
 * Where clouds hand their machines credentials: never called through a block or a name that happens to
 * cover it. AWS (EC2, ECS, EKS), Google, Azure, Alibaba and Oracle, from their documentation.
 */
const metadataAddresses = [
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
].map((text) => ipaddr.parse(text).toByteArray().join('.'))

function isMetadata(address: Address): boolean {
  return spellings(address).some((bytes) => metadataAddresses.includes(bytes.join('.')))
}

/** The address itself, and any IPv4 address that it may stand for: mapped, NAT64, 6to4 or Teredo. */
function spellings(address: Address): number[][] {
  const bytes = address.toByteArray()
  if (bytes.length === 4) return [bytes]
  const last = bytes.slice(12)
  return [bytes, last, bytes.slice(2, 6), last.map((byte) => byte ^ 0xff)]
}

// RFC 4291, section 2.4: what is in use as global unicast starts with the bits 001.
const globalUnicast = ipaddr.parseCIDR('2000::/3')

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false
  return address.kind() === 'ipv4' || address.match(globalUnicast)
}

function covers(one: Allowed, address: Address, port: number): boolean {
  if (one.kind !== 'block' || !fitsPort(one, port)) return false
  return one.network.kind() === address.kind() && address.match([one.network, one.prefix])
}

function coversExactly(one: Allowed, address: Address, port: number): boolean {
  return one.kind === 'block' && one.prefix === bitsOf(one.network) && covers(one, address, port)
}

function fitsPort(one: Allowed, port: number): boolean {
  return one.port === undefined || one.port === port
}

function bitsOf(address: Address): number {
  return address.kind() === 'ipv4' ? 32 : 128
}

function parseAllowed(entry: string): Allowed {
  if (ipaddr.isValidCIDR(entry)) {
    const [network, prefix] = ipaddr.parseCIDR(entry)
    return { kind: 'block', network, prefix, port: undefined }
  }
  const { hostname, port } = parseHost(entry)
  if (!ipaddr.isValid(hostname)) return { kind: 'name', name: hostname, port }
  const network = ipaddr.process(hostname)
  return { kind: 'block', network, prefix: bitsOf(network), port }
}

const portSuffix = /^(.+?):(\d{1,5})$/
const namePattern = /^[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?$/

/** Reads `host`, `host:port`, an IPv6 address, or one in brackets with a port. */
function parseHost(entry: string): { hostname: string; port: number | undefined } {
  const isBareIPv6 = ipaddr.IPv6.isValid(entry)
  const [, host, port] = isBareIPv6 ? [] : (portSuffix.exec(entry) ?? [])
  const text = isBareIPv6 ? `[${entry}]` : (host ?? entry)
  const hostname = normalHost(text)
  if (hostname === null || Number(port ?? 0) > 65_535) {
    throw new HubError(
      'VALIDATION_FAILED',
      `outbound.allowedPrivateTargets: "${entry}" is no host, address or block.`,
    )
  }
  return { hostname, port: port === undefined ? undefined : Number(port) }
}

/** A host as URLs have it after parsing, so that the two can be compared; null for what is more than a host. */
function normalHost(text: string): string | null {
  if (/[/?#@\\]/.test(text) || !URL.canParse(`http://${text}/`)) return null
  const url = new URL(`http://${text}/`)
  const hostname = bareHost(url.hostname)
  return url.port === '' && (ipaddr.isValid(hostname) || namePattern.test(hostname))
    ? hostname
    : null
}

/** Without the brackets of an IPv6 address, and without the dot that ends an absolute name. */
function bareHost(hostname: string): string {
  if (hostname.startsWith('[')) return hostname.slice(1, -1)
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'https:' ? 443 : 80
}

function notAllowed({ hostname, port }: TargetHost, why: string): HubError {
  return new HubError('TARGET_NOT_ALLOWED', `The hub may not call ${hostname}: ${why}.`, {
    details: { host: hostname.slice(0, 253), port: String(port) },
  })
}
