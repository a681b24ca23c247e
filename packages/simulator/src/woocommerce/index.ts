export {
  startWoocommerce,
  type WoocommerceDouble,
  type WoocommerceOptions,
} from './woocommerce-double.ts'
