import {
  type Delivered,
  type DeliveredRef,
  type Delivery,
  type ReadBackResult,
  TerminalError,
} from '@backhaul/sdk/connector'
import type { Config } from './config.ts'
import { isFinalName } from './stores/file-store.ts'
import { withStore } from './stores/with-store.ts'
import { readInterchange } from './x12/envelope.ts'

const fileName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,149}$/

/**
 * Puts what a mapping document made of a command into the folder for the warehouse: written beside, then given its name.
 * The last step of the document's path is the name.
 *
 * Safe to repeat while the file, or what the warehouse has moved to `taken`, is there; beyond that the warehouse knows
 * an interchange by its control number, and a table by its name.
 *
 * @returns `externalId`: the file's name; of X12 the control number of its group as reference `interchange`, by which a
 * 997 finds the return.
 * @throws {TerminalError} FILE_EXISTS where another file lies there under the name, COMMAND_NOT_SUPPORTED.
 */
export async function putFile(delivery: Delivery<Config>): Promise<Delivered> {
  const { name, bytes } = fileOf(delivery)
  const { outbound } = delivery.config
  return withStore(delivery, async (store) => {
    const path = `${outbound}/${name}`
    const there = await store.read(path)
    if (there === null) await store.write(path, bytes)
    else if (!there.equals(bytes)) {
      throw new TerminalError({ code: 'FILE_EXISTS', reason: 'another file lies there' })
    }
    return { externalId: name, refs: refsOf(bytes) }
  })
}

/** Whether the file is there, or the warehouse has taken it. */
export async function findFile(delivery: Delivery<Config>): Promise<ReadBackResult> {
  const { name, bytes } = fileOf(delivery)
  const { outbound, taken } = delivery.config
  return withStore(delivery, async (store) => {
    for (const folder of [outbound, taken]) {
      const there = await store.read(`${folder}/${name}`)
      if (there?.equals(bytes)) return { state: 'applied', externalId: name }
    }
    return { state: 'absent' }
  })
}

function fileOf({ request }: Delivery<Config>): { readonly name: string; readonly bytes: Buffer } {
  if (request === undefined || request.body === null) {
    throw new TerminalError({ code: 'COMMAND_NOT_SUPPORTED' })
  }
  const name = request.path.split('/').at(-1) ?? ''
  if (!fileName.test(name) || !isFinalName(name)) {
    throw new TerminalError({
      code: 'FILE_NAME_REFUSED',
      reason: 'letters, digits, points and hyphens',
    })
  }
  return { name, bytes: Buffer.from(request.body) }
}

function refsOf(bytes: Buffer): DeliveredRef[] {
  const numbers = readInterchange(bytes)?.groups.map(({ controlNumber }) => controlNumber) ?? []
  return numbers.filter((value) => value !== '').map((value) => ({ type: 'interchange', value }))
}
