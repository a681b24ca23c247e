import type { IngestForm, LibraryName } from '../baselines/program.ts'
import type { Bench } from '../environment/bench.ts'

/** Another library in one of its forms, with a database of its own. */
export interface Entrant {
  readonly name: string
  readonly library: LibraryName
  readonly form: IngestForm
  readonly url: string
}

/** As the hub does it, with two batches under way, and a transaction for each event, ten at the same time. */
const forms: readonly (readonly [name: string, form: IngestForm])[] = [
  ['batched', { writers: 2, batchLimit: 500 }],
  ['per event', { writers: 10, batchLimit: 1 }],
]

/** Makes the databases of all contenders but the hub. */
export async function prepareEntrants(bench: Bench): Promise<Entrant[]> {
  const entrants: Entrant[] = []
  for (const library of ['graphile-worker', 'pg-boss'] as const) {
    for (const [name, form] of bench.options.plan.triesPerEvent ? forms : forms.slice(0, 1)) {
      const database = `bench_${library}_${name}`.replaceAll(/\W/g, '_')
      const { url, site } = await bench.prepareDatabase(database)
      await site.close()
      entrants.push({ name: `${library}, ${name}`, library, form, url })
    }
  }
  return entrants
}
