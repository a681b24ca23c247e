export { orderReplacement } from './order-replacement.ts'
