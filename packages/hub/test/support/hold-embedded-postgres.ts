/**
 * A process that uses an embedded PostgreSQL as a hub does: starts or adopts the one in the data
 * folder named on the command line, prints `{"url","pid","adopted"}`, and leaves it on SIGTERM.
 */
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres/start.ts'
import { createLogger } from '../../src/platform/logger.ts'

const [dataDir = ''] = process.argv.slice(2)
const log = createLogger({ level: 'fatal', destination: process.stderr })
const server = await startEmbeddedPostgres({ dataDir, log })
const stay = setInterval(() => {}, 60_000)
process.once('SIGTERM', () => {
  clearInterval(stay)
  void server.stop()
})
const { url, pid, adopted } = server
process.stdout.write(`${JSON.stringify({ url, pid, adopted })}\n`)
