import { parseArgs } from 'node:util'

export interface FaultOptions {
  /** kill -9 of hub processes. */
  readonly kills: number
  /** kill -9 of PostgreSQL. */
  readonly pgKills: number
  /** Sessions of the hubs that the database ends, as an operator does or a proxy. */
  readonly terminations: number
  /** Events a second. */
  readonly rate: number
  readonly hubs: number
  /** How long the kills are spread over, seconds. */
  readonly seconds: number
  readonly seed: number
  /** The hub's program; the build of this checkout unless said otherwise. */
  readonly hubProgram: string | null
  /** Where logs and the database stay; null: in a folder that is deleted when nothing was found. */
  readonly keepDir: string | null
  readonly jsonFile: string | null
}

/** A kill of a hub every two seconds lets it come up again and work before the next one. */
const secondsPerKill = 2

export const usage = `npm run test:faults -- [options]
  --kills N        kill -9 of hub processes (200)
  --pg-kills N     kill -9 of PostgreSQL (20)
  --terminations N sessions of the hubs that PostgreSQL ends (40)
  --rate N         events a second (300)
  --hubs N         hub processes on one database (2)
  --minutes N      how long the kills are spread over (2 s for each kill)
  --seed N         the same load and the same choice of victims again
  --hub FILE       another build of the hub, such as one that was broken on purpose
  --keep DIR       keeps the logs and the data there
  --json FILE      writes the report as JSON`

/** @throws {TypeError} for an option that it does not know. */
export function readOptions(args: readonly string[]): FaultOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: 'string', default: '200' },
      'pg-kills': { type: 'string', default: '20' },
      terminations: { type: 'string', default: '40' },
      rate: { type: 'string', default: '300' },
      hubs: { type: 'string', default: '2' },
      minutes: { type: 'string' },
      seed: { type: 'string' },
      hub: { type: 'string' },
      keep: { type: 'string' },
      json: { type: 'string' },
    },
  })
  const kills = numberOf('kills', values.kills)
  return {
    kills,
    pgKills: numberOf('pg-kills', values['pg-kills']),
    terminations: numberOf('terminations', values.terminations),
    rate: numberOf('rate', values.rate),
    hubs: numberOf('hubs', values.hubs),
    seconds:
      values.minutes === undefined
        ? Math.max(20, kills * secondsPerKill)
        : 60 * numberOf('minutes', values.minutes),
    seed: values.seed === undefined ? Date.now() % 1_000_000 : numberOf('seed', values.seed),
    hubProgram: values.hub ?? null,
    keepDir: values.keep ?? null,
    jsonFile: values.json ?? null,
  }
}

function numberOf(name: string, text: string): number {
  const number = Number(text)
  if (!Number.isFinite(number) || number < 0) throw new TypeError(`--${name} needs a number`)
  return number
}
