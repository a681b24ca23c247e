import { type FreshdeskDouble, type FreshdeskOptions, startFreshdesk } from '@backhaul/simulator'
import { fieldPlan } from './field-plan.ts'

/** A double in which the fields of the set-up are. */
export async function openAccount(options: FreshdeskOptions = {}): Promise<FreshdeskDouble> {
  const double = await startFreshdesk(options)
  for (const { label, type, choices = [] } of fieldPlan) {
    double.world.addField({ label, type, choices })
  }
  return double
}

export function configOf(url: string): Record<string, unknown> {
  return {
    url,
    apiKey: 'freshdesk-key',
    newTickets: { requesterEmail: 'returns@acme.example' },
  }
}

/** An agent has filled in what a return needs. @returns the ticket's id. */
export function askForReturn({ people }: FreshdeskDouble, changes: object = {}): number {
  const ticketId = people.customerWrites({
    email: 'carla@customer.example',
    name: 'Carla Customer',
    subject: 'A pump is broken',
    text: 'It does not start.',
  })
  const fields = {
    'Return action': 'Start return',
    'Return order number': 'S00042',
    'Return SKU': 'PUMP-12V',
    'Return quantity': 2,
    'Return reason': 'Defective consumer',
    'Return resolution': 'Credit',
    ...changes,
  }
  people.agentSets({ ticketId, fields })
  return ticketId
}
