/**
 * The PostgreSQL server of a test run, a real one and safe as in production (fsync on), in a
 * temporary folder. Prints `{"url":"postgres://…"}` when it takes connections. Ends, and takes the
 * folder with it, on SIGTERM or SIGINT, and when its stdin closes, as it does when the run dies.
 */
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres/start.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { removeDataDir, temporaryDataDir } from './temporary-data-dir.ts'

const dataDir = temporaryDataDir()
const log = createLogger({ level: 'warn', destination: process.stderr })
let isEnding = false

// Listened to from the first moment, so that a run that is cut short leaves nothing behind.
const ended = new Promise<void>((resolve) => {
  const end = () => {
    isEnding = true
    resolve()
  }
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
  process.stdin.once('end', end).once('error', end).resume()
})

try {
  const server = await startEmbeddedPostgres({ dataDir, log })
  if (!isEnding) process.stdout.write(`${JSON.stringify({ url: server.url })}\n`)
  await ended
  await server.stop()
} finally {
  await removeDataDir(dataDir)
}
process.exit(0)
