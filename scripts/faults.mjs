/** `npm run test:faults`: kills, outages and disk faults against a running hub, with the arguments given. */
import { runProgram } from './lib/source.mjs'

await runProgram('packages/hub/test/faults/main.ts')
