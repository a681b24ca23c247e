import { secret } from '@backhaul/sdk/connector'
import { z } from 'zod'

/** Steps below the root of the exchange, none of them hidden and none that leads out. */
const folder = z
  .string()
  .max(200)
  .regex(
    /^[A-Za-z0-9_-][A-Za-z0-9._ -]*(\/[A-Za-z0-9_-][A-Za-z0-9._ -]*)*$/,
    'a path below the root',
  )

const sftp = z
  .object({
    host: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, 'a name or an address'),
    port: z.int().min(1).max(65_535).default(22),
    user: z.string().min(1).max(200),
    password: secret(z.string().min(1).max(1_000)).optional(),
    privateKey: secret(z.string().min(1).max(20_000))
      .optional()
      .describe('In PEM or OpenSSH form.'),
    passphrase: secret(z.string().min(1).max(1_000)).optional().describe('Of the private key.'),
    hostKeys: z
      .array(z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'SHA256: and 43 signs of base64'))
      .min(1)
      .max(8)
      .describe(
        'Fingerprints of the keys by which the server is known, as `ssh-keygen -lf` shows them. No other is talked to.',
      ),
    root: z
      .string()
      .regex(/^[^\0\r\n]{1,500}$/)
      .default('.')
      .describe('What the folders are below of; where the user lands, by default.'),
  })
  .refine(({ password, privateKey }) => password !== undefined || privateKey !== undefined, {
    message: 'needs a password or a private key',
  })

export const config = z
  .object({
    sftp: sftp.optional().describe('A server; or else:'),
    path: z
      .string()
      .max(1_000)
      .regex(/^(\/|[A-Za-z]:[\\/])[^\0\r\n]*$/, 'an absolute path')
      .optional()
      .describe(
        'A folder of the machine that the hub runs on. It must hold a file `.backhaul-exchange`, by which its owner agrees.',
      ),
    outbound: folder.default('to-warehouse').describe('Where files for the warehouse are put.'),
    taken: folder
      .default('to-warehouse/archive')
      .describe('Where the warehouse moves what it has taken, so that it can be seen.'),
    inbound: folder.default('from-warehouse').describe('Where the warehouse puts files.'),
    archive: folder
      .default('from-warehouse/archive')
      .describe('Where files go when they were read.'),
    refused: folder
      .default('from-warehouse/refused')
      .describe('Where files go that are too large.'),
    tableTopic: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/)
      .default('receipts')
      .describe('Topic of files that are no X12.'),
    acknowledges: z.boolean().default(true).describe('Whether X12 is answered with a 997.'),
    trustsControlNumbers: z
      .boolean()
      .default(true)
      .describe(
        'Whether one control number stands for one interchange. Off for a warehouse that repeats them: then the content counts.',
      ),
    restSeconds: z
      .int()
      .min(0)
      .max(600)
      .default(5)
      .describe('A file that was changed within this time may not be whole yet.'),
    maxFileBytes: z
      .int()
      .min(1_024)
      .max(20_000_000)
      .default(1_000_000)
      .describe("No more than the hub's `http.webhookBodyLimitBytes`."),
  })
  .refine(({ sftp: server, path }) => (server === undefined) !== (path === undefined), {
    message: 'needs either sftp or path',
  })
export type Config = z.output<typeof config>
export type SftpConfig = NonNullable<Config['sftp']>
