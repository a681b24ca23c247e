import type { Caller } from './caller.ts'
import { mayDo } from './rights.ts'

/** A caller, with the way in which it proved who it is where that is known; a key where it is not. */
type Asking = Pick<Caller, 'role'> & { readonly kind?: string }

/**
 * Whether answers may show who the customer is. People who have signed in ask for it, return by return and with a
 * reason (`POST /returns/{id}/reveal`); programs with a key that may read it get it at once.
 */
export function seesCustomer(caller: Asking): boolean {
  return !isPerson(caller) && mayDo(caller.role, 'customer.read')
}

function isPerson({ kind = 'key' }: Asking): boolean {
  return kind !== 'key'
}
