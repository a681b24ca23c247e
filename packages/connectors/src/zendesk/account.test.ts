import { startZendesk, type ZendeskDouble, type ZendeskOptions } from '@backhaul/simulator'
import type { FieldName } from './config.ts'
import { fieldPlan } from './field-plan.ts'

/** A double in which the fields of the set-up are, and a configuration that knows them. */
export interface TestAccount {
  readonly double: ZendeskDouble
  readonly config: Readonly<Record<string, unknown>>
}

export async function openAccount(options: ZendeskOptions = {}): Promise<TestAccount> {
  const double = await startZendesk(options)
  const fields: Partial<Record<FieldName, number>> = {}
  for (const { name, title, type, options: choices } of fieldPlan) {
    const made = double.world.addField({
      title,
      type,
      ...(choices === undefined ? {} : { custom_field_options: choices }),
    })
    fields[name] = made.id
  }
  return { double, config: configOf(double.url, fields) }
}

export function configOf(
  url: string,
  fields: Partial<Record<FieldName, number>>,
): Record<string, unknown> {
  return {
    url,
    email: 'backhaul@acme.example',
    token: 'zendesk-token',
    webhookSecrets: ['signing-secret-of-zendesk'],
    fields,
  }
}

/** An agent has filled in what a return needs. @returns the ticket's id. */
export function askForReturn({ people }: ZendeskDouble, changes: object = {}): number {
  const ticketId = people.customerWrites({
    email: 'carla@customer.example',
    name: 'Carla Customer',
    subject: 'A pump is broken',
    text: 'It does not start.',
  })
  const fields = {
    'Return action': 'return_start',
    'Return order number': 'S00042',
    'Return SKU': 'PUMP-12V',
    'Return quantity': 2,
    'Return reason': 'return_reason_defective_consumer',
    'Return resolution': 'return_resolution_credit',
    ...changes,
  }
  people.agentSets({ ticketId, fields })
  return ticketId
}
