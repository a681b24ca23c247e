import { STATUS_CODES } from 'node:http'
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { rolesWith } from './access/rights.ts'

const description = `The HTTP API of a returns hub.

Everything but the health of the process, webhooks and the explanation of problems needs an API key, as
\`Authorization: Bearer bhk_…\`. What one has to be allowed to do stands at each operation as \`x-right\`, and
who may as \`x-roles\`.

Lists are paged by opaque cursors. Failures are problem documents (RFC 9457) with a stable \`code\`. Times are
UTC, amounts and quantities are decimal strings.`

/** Collects the routes that are registered after it for the OpenAPI document. */
export async function describeRoutes(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Backhaul',
        version,
        description,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'An API key: bhk_…' },
          keyHeader: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
        },
      },
    },
    transform: (given) => {
      const { schema, url } = jsonSchemaTransform(given)
      const access = given.route.config?.access
      if (access === undefined || access === 'public')
        return { url, schema: { ...schema, security: [] } }
      const rights = { 'x-right': access, 'x-roles': rolesWith(access) }
      return { url, schema: { ...schema, ...rights, security: [{ key: [] }, { keyHeader: [] }] } }
    },
    transformObject: jsonSchemaTransformObject,
  })
}

type Json = { [key: string]: unknown }

/** The OpenAPI 3.1 document of an app that is ready. */
export function openapiDocument(app: FastifyInstance): Json {
  const document = structuredClone(app.swagger()) as unknown as Json & {
    components: { schemas: Json }
    paths: Json
  }
  nameAnswers(document.paths)
  document.components.schemas = used(document.components.schemas, document.paths)
  return document
}

/** Answers without words of their own get those of their status. */
function nameAnswers(paths: Json): void {
  const operations = (Object.values(paths) as Json[]).flatMap((path) => Object.values(path))
  for (const { responses } of operations as { responses: Record<string, Json> }[]) {
    for (const [status, answer] of Object.entries(responses)) {
      if (answer['description'] === 'Default Response') answer['description'] = STATUS_CODES[status]
    }
  }
}

/** The schemas that the operations refer to, directly or through others; all that exist are registered. */
function used(schemas: Json, paths: Json): Json {
  const names = new Set<string>()
  const visit = (value: unknown): void => {
    for (const name of refsIn(value)) {
      if (names.has(name)) continue
      names.add(name)
      visit(schemas[name])
    }
  }
  visit(paths)
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => names.has(name)))
}

function refsIn(value: unknown): string[] {
  const found = JSON.stringify(value ?? null).matchAll(/"#\/components\/schemas\/([^"]+)"/g)
  return [...found].flatMap(([, name]) => name ?? [])
}
