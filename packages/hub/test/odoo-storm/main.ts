/**
 * Returns of mixed shape through hubs that are killed and a line to Odoo that is cut, then a comparison of both
 * sides. `npm run test:odoo-storm -- --help`.
 */
import { writeFileSync } from 'node:fs'
import { readOptions, usage } from './options.ts'
import { runStorm, type StormReport } from './run.ts'

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(usage)
    return 0
  }
  const options = readOptions(args)
  console.log(`seed ${options.seed}`)
  const report = await runStorm(options, (line) => console.log(line))
  if (options.jsonFile !== null) {
    writeFileSync(options.jsonFile, `${JSON.stringify(report, null, 2)}\n`)
  }
  print(report)
  const isClean = report.problems.length === 0 && report.left.outbox + report.left.dead === 0
  return isClean ? 0 : 1
}

function print(report: StormReport): void {
  const { returns, kills, seconds, calls, callsPerReturn, mostAtOnce, faults, left } = report
  console.log(`${returns} returns, ${kills} kills of hubs, in ${seconds.toFixed(0)} s`)
  console.log(
    `${calls} calls to Odoo (${callsPerReturn.toFixed(1)} a return, ${mostAtOnce} at once at most), faults ${JSON.stringify(faults)}`,
  )
  console.log(`answers ${JSON.stringify(report.answers)}; left ${JSON.stringify(left)}`)
  if (report.problems.length === 0) console.log('both sides agree, to the unit and to the cent')
  for (const { check, count, examples } of report.problems) {
    console.log(`✖ ${check}: ${count}`)
    for (const example of examples) console.log(`    ${example}`)
  }
}

process.exitCode = await main(process.argv.slice(2))
