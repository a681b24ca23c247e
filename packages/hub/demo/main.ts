/**
 * The demo of `npm start`: systems around the hub that are only played, the people who work with them, and some
 * hundred returns. It is a process of its own, beside the hub, and works on it as its operators and its neighbors
 * do; it ends with the process that started it.
 */
import { runDemo } from './demo.ts'
import { demoOptions } from './options.ts'

const stopping = new AbortController()
const graceMs = 2_000
const stop = (): void => {
  stopping.abort()
  // Whoever waits for a hub that is gone would wait for ever.
  setTimeout(() => process.exit(), graceMs)
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop)
// Closed when the process that started this one is gone, however it went.
process.stdin.once('end', stop).once('error', stop).resume()

const options = demoOptions.parse(JSON.parse(process.argv[2] ?? '{}'))
try {
  await runDemo(options, { signal: stopping.signal, env: process.env })
} catch (error) {
  if (!stopping.signal.aborted) {
    process.stderr.write(`demo: ended: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
process.exit()
