import { join } from 'node:path'

import { createRegistry } from '../../../packages/hub/src/connect/registry.ts'
import { openapiDocument } from '../../../packages/hub/src/http/openapi.ts'
import { createHttpServer } from '../../../packages/hub/src/http/server.ts'
import { systemClock } from '../../../packages/hub/src/platform/clock.ts'
import { loadConfig } from '../../../packages/hub/src/platform/config/load-config.ts'
import { createLogger } from '../../../packages/hub/src/platform/logger.ts'
import { createMetrics } from '../../../packages/hub/src/platform/metrics.ts'
import { root } from '../paths.mjs'

/** The OpenAPI 3.1 document as the server itself gives it. Nothing listens, and no database is asked. */
export async function makeOpenapi(version) {
  // A folder without a configuration file, so that the defaults stand in the document.
  const { config } = loadConfig({ env: {}, cwd: join(root, 'scripts') })
  const { app, close } = await createHttpServer({
    config,
    version,
    log: createLogger({ level: 'fatal' }),
    clock: systemClock,
    metrics: createMetrics(),
    registry: createRegistry([]),
    pool: { query: never },
    receiver: { receive: never },
    connections: {},
    policies: { covers: () => false, find: () => null },
    findProduct: () => null,
    record: never,
    wakeProcessor() {},
    canWrite: () => true,
    wakeDeliverer() {},
  })
  try {
    return openapiDocument(app)
  } finally {
    await close()
  }
}

async function never() {
  throw new Error('a document is made without doing anything')
}
