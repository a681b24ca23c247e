/**
 * The published language of the hub: states, codes, events, commands, money, quantity, identifiers.
 * The zod schemas are the source; JSON Schemas, OpenAPI and AsyncAPI documents are made from them.
 */
export * from './axes.ts'
export * from './codes.ts'
export * from './commands.ts'
export * from './descriptions.ts'
export * from './entities.ts'
export * from './events.ts'
export * from './examples.ts'
export * from './exceptions.ts'
export * from './identifiers.ts'
export * from './json-schemas.ts'
export * from './master-data.ts'
export * from './money.ts'
export * from './parts.ts'
export * from './quantity.ts'
export * from './roles.ts'
