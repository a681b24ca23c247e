/** What bin/backhaul.js does with `serve`, on the sources instead of the build. */
const { main } = await import('../../packages/hub/src/main.ts')

process.exitCode = await main(['serve', ...process.argv.slice(2)])
