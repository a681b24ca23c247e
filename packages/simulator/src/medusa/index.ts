export { type MedusaDouble, type MedusaOptions, startMedusa } from './medusa-double.ts'
