import type { Caller } from './caller.ts'
import { mayDo } from './rights.ts'

/**
 * Whether answers may show who the customer is. People who have signed in ask for it, return by return and with a
 * reason (`POST /returns/{id}/reveal`); programs with a key that may read it get it at once.
 */
export function seesCustomer({ session, role }: Pick<Caller, 'session' | 'role'>): boolean {
  return session === null && mayDo(role, 'customer.read')
}
