import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Metrics } from '../platform/metrics.ts'

export interface MetricsServer {
  readonly url: string
  readonly close: () => Promise<void>
}

/**
 * Serves `/metrics` on a port of its own, to whoever can reach it: figures only, nothing of a case.
 *
 * @throws the system's error, such as EADDRINUSE.
 */
export async function startMetricsServer(options: {
  readonly host: string
  readonly port: number
  readonly metrics: Metrics
}): Promise<MetricsServer> {
  const { host, port, metrics } = options
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  })
  server.requestTimeout = 10_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve)
  })
  const { address, port: taken } = server.address() as AddressInfo
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${taken}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
