import type { CheckReport, ConnectionCheck } from '@backhaul/sdk/connector'
import type { Config } from './config.ts'
import { withStore } from './stores/with-store.ts'

/** Looks into the folders, and writes nothing. */
export async function check(connection: ConnectionCheck<Config>): Promise<CheckReport> {
  const { config } = connection
  return withStore(connection, async (store) => {
    const waiting = await store.list(config.inbound)
    const unread = await store.list(config.outbound)
    const where =
      config.sftp === undefined ? config.path : `${config.sftp.user}@${config.sftp.host}`
    return {
      account: where,
      notes: [
        `${waiting.length} files to read, ${unread.length} that the warehouse has not taken.`,
      ],
    }
  })
}
