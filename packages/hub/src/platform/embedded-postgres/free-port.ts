import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { embeddedDatabaseFailure } from './failure.ts'

/** Below 32768, where systems begin to take ports for outgoing connections. */
const lowest = 15_000
const limit = 32_000
const tries = 50

/** A port of 127.0.0.1 that nobody listens on at the moment. */
export async function findFreePort(): Promise<number> {
  for (let i = 0; i < tries; i += 1) {
    const port = randomInt(lowest, limit)
    if (await isPortFree(port)) return port
  }
  throw embeddedDatabaseFailure(`No free port was found between ${lowest} and ${limit}.`)
}

export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => resolve(true))
    })
  })
}
