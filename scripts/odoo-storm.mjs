/** `npm run test:odoo-storm`: returns through hubs that are killed and a line to Odoo that is cut, with the arguments given. */
import { runProgram } from './lib/source.mjs'

await runProgram('packages/hub/test/odoo-storm/main.ts')
