import { describe, test } from 'node:test'
import { connectorCases } from '@backhaul/sdk/testing'
import { SftpFolder } from '@backhaul/simulator'
import warehouse from './index.ts'
import { fingerprintOf } from './stores/sftp-store.ts'

const user = 'hub'
const password = 'a-password-4711'
const before = new Date('2026-11-23T05:00:00Z')
const lines = [{ lineNo: 1, product: { sku: 'PUMP-12V' }, quantity: '2', unit: 'EA' }]

/** What a mapping document makes of a command: another file for another command. */
function request(name: string) {
  const made = { method: 'PUT', path: `/${name}`, query: {}, headers: {}, contentType: 'text/csv' }
  return { ...made, body: `return,sku\n${name},PUMP-12V\n` }
}

/** The folder of the case that is under way: its key has to be in the configuration. */
let folder = new SftpFolder({ user, password, now: () => before })

const cases = connectorCases(warehouse, {
  config: (baseUrl) => {
    const { hostname, port } = new URL(baseUrl)
    const hostKeys = [fingerprintOf(folder.hostKey)]
    return { sftp: { host: hostname, port: Number(port), user, password, hostKeys } }
  },
  deliveries: {
    'receipt.expect': { body: { lines }, request: request('expect-1.csv') },
    'receipt.cancel': { body: { lineNos: [1] }, request: request('cancel-1.csv') },
    'inspection.request': { body: { lines }, request: request('inspect-1.csv') },
    'goods.send_back': { body: { fulfillmentId: 'sb-1', lines }, request: request('back-1.csv') },
  },
  polls: { files: { minMessages: 2 } },
  sockets: {
    noHttpSince: 'SFTP has neither statuses nor redirects',
    fake: () => {
      folder = new SftpFolder({ user, password, now: () => before })
      folder.put('/from-warehouse/a.csv', Buffer.from('receipt\n1\n'))
      folder.put('/from-warehouse/b.csv', Buffer.from('receipt\n2\n'))
      const mine = folder
      return (socket, part) => {
        mine.serve(socket, (change, act) => {
          // To archive is the end of reading, and beside the final name nothing is there for anybody.
          const isFinal = change.kind === 'rename' && change.to.startsWith('/to-warehouse/')
          if (isFinal) return part.change(change.to, act)
          act()
          return true
        })
      }
    },
  },
})

/** A page that is read on from is archived, so that beginning anew finds nothing of it. */
const notOfConsumers = new Set([
  'poll files: names different messages differently, and the same one the same',
  'poll files: leaves nothing out where pages are small',
])
/** The name of a file is its document's, which here makes one of whatever command. */
const notOfSamples = /has an effect of its own for another command/

describe('connector warehouse-files', () => {
  for (const { name, leftOut, run } of cases) {
    const skip =
      leftOut ??
      (notOfConsumers.has(name)
        ? 'what was read is archived'
        : notOfSamples.test(name)
          ? 'the sample has one request for both commands'
          : false)
    test(name, { timeout: 10_000, skip }, run)
  }
})
