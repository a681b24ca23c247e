import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sha256 } from '../../platform/crypto/hash.ts'

interface ConsoleFile {
  readonly body: Buffer
  readonly type: string
  readonly etag: string
  /** Named by its content: whoever has it never has to ask again. */
  readonly isImmutable: boolean
}

const compress = promisify(gzip)

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}

/** Where the build leaves room for a nonce in the page. */
const noncePlace = /__CSP_NONCE__/g
const nonceBytes = 16

/**
 * A page runs the hub's own scripts and nothing else. Its component library writes `<style>` elements, which
 * carry the page's nonce, and sets sizes in `style` attributes; an attribute can run nothing.
 */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** Reads a built console into memory, where every request finds it; what is no file of a page is left out. */
export async function readConsole(folder: string): Promise<ReadonlyMap<string, ConsoleFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(
    (entry) => entry.isFile() && types[extname(entry.name)] !== undefined,
  )
  const read = files.map(async ({ parentPath, name }): Promise<[string, ConsoleFile]> => {
    const path = join(parentPath, name)
    const body = await readFile(path)
    const etag = `"${sha256(body).toString('base64url').slice(0, 22)}"`
    const address = `/${relative(folder, path).split(sep).join('/')}`
    const isImmutable = address.startsWith('/assets/')
    return [address, { body, type: types[extname(name)] ?? '', etag, isImmutable }]
  })
  return new Map(await Promise.all(read))
}

/** Serves the console: its files by their names, and its page at every address that nothing else has. */
export function consoleRoutes(app: FastifyInstance, files: ReadonlyMap<string, ConsoleFile>): void {
  const page = files.get('/index.html')?.body.toString('utf8')
  const compressed = new Map<string, Promise<Buffer>>()

  /** What is sent often is compressed once. */
  function compressedOf(path: string, { body }: ConsoleFile): Promise<Buffer> {
    const known = compressed.get(path)
    if (known !== undefined) return known
    const made = compress(body)
    compressed.set(path, made)
    return made
  }

  app.get(
    '/*',
    { config: { access: 'public' }, schema: { hide: true } },
    async (request, reply) => {
      const path = request.url.split('?', 1)[0] ?? '/'
      const file = path === '/index.html' ? undefined : files.get(path)
      secure(reply)
      if (file !== undefined) {
        const packed = acceptsGzip(request) ? await compressedOf(path, file) : null
        return sendFile(request, reply, { file, packed })
      }
      if (page === undefined || !isPage(path, request.headers.accept)) {
        reply.callNotFound()
        return reply
      }
      return sendPage(reply, page)
    },
  )
}

/** An address that a browser asks for as a page. */
function isPage(path: string, accept: string | undefined): boolean {
  if (/^\/(api|webhooks|problems)(\/|$)/.test(path)) return false
  // `/go/SO.100` is somebody's number; `/parts/none.js` is a file that is not there.
  if (extname(path) !== '' && !path.startsWith('/go/')) return false
  return path === '/' || accept?.includes('text/html') === true
}

function acceptsGzip({ headers }: FastifyRequest): boolean {
  return /\bgzip\b/.test(headers['accept-encoding'] ?? '')
}

function secure(reply: FastifyReply): void {
  reply
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cross-origin-opener-policy', 'same-origin')
    .header('cross-origin-resource-policy', 'same-origin')
}

/** Never kept by a browser: its nonce is good for one answer. */
function sendPage(reply: FastifyReply, page: string): FastifyReply {
  const nonce = randomBytes(nonceBytes).toString('base64')
  return reply
    .header('content-security-policy', contentSecurityPolicy(nonce))
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(page.replace(noncePlace, nonce))
}

function sendFile(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { file, packed }: { readonly file: ConsoleFile; readonly packed: Buffer | null },
): FastifyReply {
  reply
    .header('cache-control', file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache')
    .header('vary', 'accept-encoding')
    .header('etag', file.etag)
  if (headers['if-none-match'] === file.etag) return reply.code(304).send()
  if (packed !== null) reply.header('content-encoding', 'gzip')
  return reply.type(file.type).send(packed ?? file.body)
}
