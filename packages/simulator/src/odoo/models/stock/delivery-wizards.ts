import type { Env } from '../../orm/env.ts'
import { boolean, many2many } from '../../orm/fields.ts'
import type { MethodCall, ModelDefinition } from '../../orm/model.ts'
import { asIds } from '../../orm/rows.ts'
import type { Picking } from './stock-rows.ts'
import { validatePickings } from './validate-picking.ts'

/** stock.backorder.confirmation, which answers the question that `button_validate` asks. */
const backorderConfirmation: ModelDefinition = {
  name: 'stock.backorder.confirmation',
  label: 'Backorder Confirmation',
  fields: {
    pick_ids: many2many('stock.picking', 'Pick'),
    show_transfers: boolean('Show Transfers'),
  },
  methods: {
    process: { params: [], run: (env, call) => answer(env, call, { isClosedShort: false }) },
    process_cancel_backorder: {
      params: [],
      run: (env, call) => answer(env, call, { isClosedShort: true }),
    },
  },
}

function answer(
  env: Env,
  { ids }: MethodCall,
  { isClosedShort }: { readonly isClosedShort: boolean },
): unknown {
  const wizard = env.get('stock.backorder.confirmation', ids[0])
  const toValidate = asIds(env.context['button_validate_picking_ids'])
  if (toValidate.length === 0) return true
  const pickings = toValidate.map((id) => env.get<Picking>('stock.picking', id))
  const picking_ids_not_to_backorder = isClosedShort ? asIds(wizard['pick_ids']) : []
  return validatePickings(
    env.with({ skip_backorder: true, picking_ids_not_to_backorder }),
    pickings,
  )
}

/** confirm.stock.sms, the question that deliveries to partners with a phone ask. */
const confirmSms: ModelDefinition = {
  name: 'confirm.stock.sms',
  label: 'Confirm Stock SMS',
  fields: { pick_ids: many2many('stock.picking', 'Picking') },
  methods: {
    send_sms: { params: [], run: validateWithoutSms },
    dont_send_sms: { params: [], run: validateWithoutSms },
  },
}

function validateWithoutSms(env: Env): unknown {
  const ids = asIds(env.context['button_validate_picking_ids'])
  const pickings = ids.map((id) => env.get<Picking>('stock.picking', id))
  return validatePickings(env.with({ skip_sms: true }), pickings)
}

/** The wizards behind the questions of `button_validate`. */
export const deliveryWizards: readonly ModelDefinition[] = [backorderConfirmation, confirmSms]
