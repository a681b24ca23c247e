import type { DeliveryContact } from '@backhaul/sdk'
import { type CommandType, customerContact } from '@backhaul/sdk/canonical'
import { findContact } from '../../store/contacts.ts'
import type { Pool } from '../../store/database.ts'

/** Commands that somebody is told who the customer is with. */
const tellsContact: ReadonlySet<CommandType> = new Set([
  'customer.notify',
  'label.create',
  'ticket.update',
])

/** Says who the customer of a case is; undefined for commands that need not know, and where nobody has said it. */
export type ContactOf = (command: {
  readonly caseId: string
  readonly commandType: CommandType
}) => Promise<DeliveryContact | undefined> | undefined

/** Makes the address of the customer's page of a return; undefined where nobody could reach it. */
export type LinkFor = (caseId: string) => Promise<string | undefined>

/** Reads who the customer is when it is asked for: it is in no command, and so in no outbox and in no dead letter. */
export function createContacts(pool: Pool, linkFor: LinkFor = noLink): ContactOf {
  return ({ caseId, commandType }) => {
    if (!tellsContact.has(commandType)) return undefined
    return commandType === 'customer.notify'
      ? withLink(read(pool, caseId), linkFor(caseId))
      : read(pool, caseId)
  }
}

const noLink: LinkFor = () => Promise.resolve(undefined)

async function withLink(
  reading: Promise<DeliveryContact | undefined>,
  linking: Promise<string | undefined>,
): Promise<DeliveryContact | undefined> {
  const [contact, statusUrl] = await Promise.all([reading, linking])
  return contact === undefined || statusUrl === undefined ? contact : { ...contact, statusUrl }
}

async function read(pool: Pool, caseId: string): Promise<DeliveryContact | undefined> {
  const { customer, deliveredTo } = await findContact(pool, caseId)
  const parsed = customerContact.safeParse(customer)
  if (!parsed.success) return undefined
  const { name, email, language, shipFrom } = parsed.data
  const known = customerContact.shape.shipFrom.safeParse(deliveredTo ?? undefined)
  // A help desk knows who asks, and rarely where the goods are: there they were delivered, if nobody says otherwise.
  const address = shipFrom?.street === undefined ? (known.data ?? shipFrom) : shipFrom
  return { name, email, language, address }
}
