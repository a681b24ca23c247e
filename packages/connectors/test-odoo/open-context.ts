import type { Config } from '../src/odoo/config.ts'
import { configFor, openAsAdmin, type Server } from './connection.ts'
import { ensurePlaces, type Undo } from './fixtures.ts'
import { openAsHub, type ScenarioContext } from './scenario.ts'

/**
 * A server that is ready for scenarios, with the places of its first warehouse.
 *
 * @param undos - gets what takes back each change that this makes to the server.
 * @throws {DeliveryError} when one of the two users cannot work there.
 */
export async function openContext(
  server: Server,
  given: {
    readonly transport: Config['transport']
    readonly isDouble: boolean
    readonly undos?: Undo[]
  },
): Promise<ScenarioContext> {
  const { transport, isDouble, undos } = given
  const admin = await openAsAdmin(server)
  const config = configFor(server, await ensurePlaces(admin, undos), { transport })
  const { version } = (await openAsHub(config)).server
  return { stage: { version, isDouble }, admin, config }
}
