/** `npm run bench`: the load generator of packages/hub/bench, with the arguments given. */
import { runProgram } from './lib/source.mjs'

await runProgram('packages/hub/bench/main.ts')
