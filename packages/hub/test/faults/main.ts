/**
 * Kills hubs and their database under load, and checks that nothing of it shows.
 * `npm run test:faults -- --help`.
 */
import { writeFileSync } from 'node:fs'
import { readOptions, usage } from './options.ts'
import { type FaultReport, runFaults } from './run.ts'

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(usage)
    return 0
  }
  const options = readOptions(args)
  console.log(`seed ${options.seed}`)
  const report = await runFaults(options, (line) => console.log(line))
  if (options.jsonFile !== null) {
    writeFileSync(options.jsonFile, `${JSON.stringify(report, null, 2)}\n`)
  }
  print(report)
  return report.problems.length === 0 ? 0 : 1
}

function print(report: FaultReport): void {
  const { killed, events, acknowledged, cases, shuffledCases, duplicates, problems } = report
  console.log(
    `${killed.hubs} kills of hubs (${report.hubStarts} starts), ${killed.postgres} of PostgreSQL, ${killed.sessions} sessions ended, in ${report.seconds.toFixed(0)} s; ` +
      `seed ${report.seed}`,
  )
  console.log(
    `${acknowledged} of ${events} events of ${cases} returns acknowledged (${shuffledCases} returns shuffled, ${duplicates} events sent twice); answers ${JSON.stringify(report.answers)}`,
  )
  for (const [name, { keys, receptions, faults }] of Object.entries(report.deliveries)) {
    console.log(
      `${name}: ${keys} deliveries, received ${receptions} times, faults ${JSON.stringify(faults)}`,
    )
  }
  console.log(`quiet ${report.quietAfterSeconds.toFixed(1)} s after the last acknowledgment`)
  if (problems.length === 0) console.log('nothing lost, nothing doubled, order kept, audit whole')
  for (const { check, count, examples } of problems) {
    console.log(`✖ ${check}: ${count}`)
    for (const example of examples) console.log(`    ${example}`)
  }
}

process.exitCode = await main(process.argv.slice(2))
