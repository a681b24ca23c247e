/** For tests of other packages that need orders in an Odoo database: on a real server, or on the double. */
export type { Odoo as ScenarioAdmin } from '../src/odoo/client/odoo.ts'
export { openAsAdmin, type Server, serverOf } from './connection.ts'
export {
  type Customer,
  dozen,
  ensurePlaces,
  newCustomer,
  newKit,
  newProduct,
  type Product,
  type Sale,
  sell,
} from './fixtures.ts'
