import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildSchema, type GraphQLSchema } from 'graphql'

const file = fileURLToPath(new URL('../../data/shopify/admin-2026-10.graphql', import.meta.url))
let built: GraphQLSchema | null = null

/** The part of the schema of Shopify's Admin API (2026-10) that returns need; see `data/shopify/README.md`. */
export function shopifyAdminSchema(): GraphQLSchema {
  built ??= buildSchema(readFileSync(file, 'utf8'))
  return built
}
