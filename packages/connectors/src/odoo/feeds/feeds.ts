import { parties } from './parties.ts'
import { products } from './products.ts'
import { vendors } from './vendors.ts'
import { warehouses } from './warehouses.ts'

/** The master data that Odoo is the source of. */
export const feeds = { products, parties, warehouses, vendors }
