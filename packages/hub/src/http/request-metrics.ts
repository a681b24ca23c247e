import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../platform/metrics.ts'

/** Counts answers and their time by route pattern; how many patterns there are is known when routes are. */
export function measureRequests(app: FastifyInstance, metrics: Metrics): void {
  const answers = metrics.counter({
    name: 'backhaul_http_requests_total',
    help: 'Answered requests.',
    labels: {
      route: { max: 200 },
      method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      status: ['2xx', '3xx', '4xx', '5xx'],
    },
  })
  const seconds = metrics.histogram({
    name: 'backhaul_http_request_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labels: { route: { max: 200 } },
  })
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    const status = `${Math.floor(reply.statusCode / 100)}xx`
    answers.add({ route, method: request.method, status })
    seconds.observe(reply.elapsedTime / 1000, { route })
    done()
  })
}
