import type { IngestForm, LibraryName } from '../baselines/program.ts'
import type { Bench } from '../environment/bench.ts'

/** Another library in one of its forms, with a database of its own. */
export interface Entrant {
  readonly name: string
  readonly library: LibraryName
  /** A transaction for each event, as the library's own pages have it; without it, the hub's intake with the library behind it. */
  readonly isPlain: boolean
  readonly form: IngestForm
  readonly url: string
}

/**
 * Plain: a transaction for each event, ten at the same time (4 and 24 were no faster). On the hub's intake:
 * batches as the hub makes them, two under way.
 */
const plain: IngestForm = { writers: 10, batchLimit: 1 }
const hubsIntake: IngestForm = { writers: 2, batchLimit: 500 }

/** Makes the databases of all contenders but the hub. */
export async function prepareEntrants(bench: Bench): Promise<Entrant[]> {
  const entrants: Entrant[] = []
  for (const library of ['graphile-worker', 'pg-boss'] as const) {
    for (const isPlain of bench.options.plan.lendsIntake ? [true, false] : [true]) {
      const name = isPlain ? `${library}, plain` : `${library}, on the hub's intake`
      const { url, site } = await bench.prepareDatabase(`bench_${name}`.replaceAll(/\W+/g, '_'))
      await site.close()
      entrants.push({ name, library, isPlain, form: isPlain ? plain : hubsIntake, url })
    }
  }
  return entrants
}
