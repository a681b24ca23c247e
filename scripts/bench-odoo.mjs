/** `npm run bench:odoo`: how fast the Odoo connector takes returns through, with the arguments given. */
import { runProgram } from './lib/source.mjs'

await runProgram('packages/hub/bench/odoo.ts')
