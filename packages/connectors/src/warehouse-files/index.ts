import { type DeliveryDefinition, defineConnector } from '@backhaul/sdk/connector'
import { check } from './check.ts'
import { type Config, config } from './config.ts'
import { findFile, putFile } from './put-file.ts'
import { takeFiles } from './take-files.ts'

const put: DeliveryDefinition<Config> = {
  deliver: putFile,
  // A warehouse knows an interchange by its control number, and everything else by its name.
  idempotency: { kind: 'native_key', readBack: findFile },
}

/**
 * A warehouse that exchanges files, in a folder or by SFTP: what they mean, and how it is told something, is said by
 * mapping documents.
 *
 * In:  X12 (944, 861, 997) and tables, each file once; X12 is acknowledged.
 * Out: the files that mapping documents make of commands.
 */
export default defineConnector({
  key: 'warehouse-files',
  title: 'Warehouse, by files',
  sdkVersion: 1,
  config,
  roles: ['wms'],
  limits: { timeoutMs: 60_000, concurrency: 2 },
  delivers: {
    'receipt.expect': put,
    'receipt.cancel': put,
    'inspection.request': put,
    'goods.send_back': put,
  },
  deliversMapped: true,
  polls: { files: takeFiles },
  check,
})
