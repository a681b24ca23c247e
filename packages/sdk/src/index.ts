export * from './canonical/index.ts'
export * from './connector.ts'
export * from './signing.ts'
