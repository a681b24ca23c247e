import { secret } from '@backhaul/sdk/connector'
import { z } from 'zod'

const recordId = z.int().min(1)
const hubCode = z.string().min(1).max(64)

/** Where goods of a warehouse go. The ids are those of the database; `backhaul odoo setup` finds them. */
const warehousePlaces = z.object({
  company: recordId.optional().describe('Company of the warehouse; the default one when left out.'),
  returnsType: recordId.describe('Operation type of return transfers.'),
  quarantine: recordId.describe('Location in which returned goods wait.'),
  stock: recordId.describe('Location of goods that can be sold.'),
  internalType: recordId.describe('Operation type of moves within the warehouse.'),
  secondGrade: recordId
    .optional()
    .describe('Location of goods that are sold as second grade; they stay in quarantine without.'),
  repair: recordId.optional().describe('Location of goods that wait for a repair.'),
  vendor: recordId.optional().describe('Location of goods that go back to a vendor.'),
  scrap: recordId.optional().describe("The company's scrap location when left out."),
})
export type WarehousePlaces = z.output<typeof warehousePlaces>

export const config = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .describe('Address of the server, without a path, for example https://erp.example.com.'),
  database: z.string().min(1).max(100),
  login: z
    .string()
    .min(1)
    .max(200)
    .describe('Login of the user whose key it is; needed where JSON-RPC is spoken.'),
  key: secret(z.string().min(1).max(500)).describe('API key of that user.'),
  nextKey: secret(z.string().min(1).max(500))
    .optional()
    .describe('Taken when `key` is refused, so that one can replace the other without a gap.'),
  transport: z
    .enum(['auto', 'json2', 'jsonrpc'])
    .default('auto')
    .describe('`auto`: JSON-2 from Odoo 19 on, JSON-RPC before.'),
  concurrency: z
    .int()
    .min(1)
    .max(50)
    .default(4)
    .describe('Calls under way at once, over all connections to this database in a process.'),
  timeoutMs: z.int().min(1_000).max(60_000).default(20_000).describe('For one call.'),
  companies: z
    .record(hubCode, recordId)
    .default({})
    .describe("The hub's companies, by their ids in Odoo; empty: the user's own company."),
  warehouses: z
    .record(hubCode, warehousePlaces)
    .default({})
    .describe("The hub's warehouses; `*` stands for those that are not named."),
  defaultWarehouse: hubCode.optional().describe('For returns that name none.'),
  prefix: z
    .string()
    .regex(/^[a-z][a-z0-9_]{1,19}$/)
    .default('backhaul')
    .describe('Before the external ids of what the hub creates. Never change it afterwards.'),
  creditJournal: recordId.optional().describe("The invoice's own journal when left out."),
  refundJournals: z
    .record(z.string().min(1).max(40), recordId)
    .default({})
    .describe('Journal that pays a refund, by method of settlement; `*` for all others.'),
  feeProducts: z
    .record(z.string().min(1).max(40), recordId)
    .default({})
    .describe('Product of a deduction, by kind of fee; `*` for all others.'),
  overlapSeconds: z
    .int()
    .min(2)
    .max(600)
    .default(15)
    .describe('How far back a look at changes reaches, for what was committed late.'),
})
export type Config = z.output<typeof config>
