/** A hub process on the database of a test, which asks a `PolledSystem`: to be killed. */
import { startTestHub } from './hub.ts'
import { polled } from './polled-system.ts'

const [, , databaseUrl = ''] = process.argv
await startTestHub({ databaseUrl, connectors: [polled] })
