/** `npm run lifecycle`: returns of every kind through a hub and the whole neighborhood, with the arguments given. */
import { runProgram } from './lib/source.mjs'

await runProgram('packages/hub/test/lifecycle/main.ts')
