import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { sha256 } from '../../platform/crypto/hash.ts'

interface ConsoleFile {
  readonly body: Buffer
  readonly type: string
  readonly etag: string
}

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

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

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
    return [address, { body, type: types[extname(name)] ?? '', etag }]
  })
  return new Map(await Promise.all(read))
}

/** Serves the console: its files by their names, and its page at every address that nothing else has. */
export function consoleRoutes(app: FastifyInstance, files: ReadonlyMap<string, ConsoleFile>): void {
  app.get('/*', { config: { access: 'public' }, schema: { hide: true } }, (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/'
    const file =
      files.get(path) ??
      (isPage(path, request.headers.accept) ? files.get('/index.html') : undefined)
    if (file === undefined) {
      reply.callNotFound()
      return reply
    }
    return sendFile(reply, file, request.headers['if-none-match'])
  })
}

/** An address that a browser asks for as a page. */
function isPage(path: string, accept: string | undefined): boolean {
  if (/^\/(api|webhooks|problems)(\/|$)/.test(path) || extname(path) !== '') return false
  return path === '/' || accept?.includes('text/html') === true
}

function sendFile(reply: FastifyReply, file: ConsoleFile, known: string | undefined): FastifyReply {
  reply
    .header('content-security-policy', contentSecurityPolicy)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cross-origin-opener-policy', 'same-origin')
    .header('cross-origin-resource-policy', 'same-origin')
    .header('cache-control', 'no-cache')
    .header('etag', file.etag)
  if (known === file.etag) return reply.code(304).send()
  return reply.type(file.type).send(file.body)
}
