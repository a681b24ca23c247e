/** `npm run test:odoo`: every scenario of the Odoo connector on a running server, with the arguments given. */
import { runProgram } from './lib/source.mjs'

await runProgram('packages/connectors/test-odoo/main.ts')
