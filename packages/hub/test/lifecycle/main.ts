/**
 * Returns of every kind, played by the people around a hub in doubles of its neighbors, then a comparison of the hub
 * with each of them. `npm run lifecycle -- --help`.
 */
import { writeFileSync } from 'node:fs'
import { readOptions, usage } from './options.ts'
import type { LifecycleReport } from './report.ts'
import { runLifecycle } from './run.ts'

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(usage)
    return 0
  }
  const options = readOptions(args)
  console.log(`seed ${options.seed}`)
  const report = await runLifecycle(options, (line) => console.log(line))
  if (options.jsonFile !== null) {
    writeFileSync(options.jsonFile, `${JSON.stringify(report, null, 2)}\n`)
  }
  print(report)
  const { open, drift, deadLetters } = report
  return open.length + drift.quantity + drift.money + deadLetters === 0 ? 0 : 1
}

const shownAtMost = 40

function print(report: LifecycleReport): void {
  const { returns, cases, closed, seconds, counts, callsPerReturn, secondsPerStage } = report
  console.log(`${returns} returns, ${cases} cases, ${closed} at their end, in ${seconds} s`)
  const { messages, deliveries, retries, duplicatesDropped, deadLetters } = counts
  console.log(
    `${messages} messages, ${deliveries} deliveries, ${retries} retries, ${duplicatesDropped} duplicates dropped, ${deadLetters} dead letters`,
  )
  console.log(`calls per return ${JSON.stringify(callsPerReturn)}`)
  console.log(`seconds to each stage ${JSON.stringify(secondsPerStage)}`)
  console.log(`webhooks and faults ${JSON.stringify(report.webhooks)}`)
  for (const { what, count } of counts.dead) console.log(`✖ dead: ${count} × ${what}`)
  for (const { what, count } of counts.parked)
    console.log(`✖ waits for a person: ${count} × ${what}`)
  for (const { kind, caseNo, why } of report.open.slice(0, shownAtMost)) {
    console.log(`✖ open: ${kind} ${caseNo ?? ''} ${why}`)
  }
  for (const one of report.drifts.slice(0, shownAtMost)) {
    const { about, where, caseNo, kind, hub, there } = one
    console.log(`✖ ${about}: ${kind} ${caseNo} is ${hub} in the hub, ${there} by ${where}`)
  }
  for (const end of report.ownEnds) console.log(`✖ the hub ended by itself: ${end}`)
  const { quantity, money } = report.drift
  console.log(`drift: ${quantity} in quantities, ${money} in money`)
}

process.exitCode = await main(process.argv.slice(2))
