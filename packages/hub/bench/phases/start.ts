import type { Bench } from '../environment/bench.ts'

/**
 * Milliseconds from the start of the program to the first 200 of /readyz, on data that is there, with the
 * database still to be started. The bench has left the server by then, so the hub starts it itself.
 */
export async function measureSecondStart(bench: Bench): Promise<number> {
  await bench.server.stop()
  return bench.withHub(async ({ readyMs }) => readyMs)
}
