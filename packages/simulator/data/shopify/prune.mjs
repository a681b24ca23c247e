/*
 * Makes `admin-2026-10.graphql` of the introspection of Shopify's Admin API:
 *
 *   node packages/simulator/data/shopify/prune.mjs <introspection.json> > packages/simulator/data/shopify/admin-2026-10.graphql
 *   npx biome format --write packages/simulator/data/shopify
 *
 * Kept are the object types below with all of their fields that lead to scalars, enums or kept types, and whatever
 * the arguments of those need. Descriptions go; deprecations stay. Nothing else is changed.
 */
import { readFileSync } from 'node:fs'
import { buildClientSchema, printSchema } from 'graphql'

const roots = {
  QueryRoot: [
    'currentAppInstallation',
    'locations',
    'order',
    'orders',
    'refund',
    'return',
    'returnableFulfillments',
    'reverseDelivery',
    'reverseFulfillmentOrder',
    'shop',
    'webhookSubscription',
    'webhookSubscriptions',
  ],
  Mutation: [
    'refundCreate',
    'removeFromReturn',
    'returnApproveRequest',
    'returnCancel',
    'returnClose',
    'returnCreate',
    'returnDeclineRequest',
    'returnProcess',
    'returnReopen',
    'returnRequest',
    'reverseDeliveryCreateWithShipping',
    'reverseDeliveryShippingUpdate',
    'reverseFulfillmentOrderDispose',
    'webhookSubscriptionCreate',
    'webhookSubscriptionDelete',
    'webhookSubscriptionUpdate',
  ],
}

const kept = new Set(
  `
  AccessScope ApiVersion AppInstallation Customer CustomerEmailAddress Fulfillment
  FulfillmentLineItem FulfillmentLineItemConnection FulfillmentLineItemEdge LineItem Location
  LocationConnection LocationEdge MailingAddress MoneyBag MoneyV2 Node Order OrderConnection
  OrderEdge OrderTransaction OrderTransactionConnection OrderTransactionEdge PageInfo Refund
  RefundConnection RefundEdge RefundLineItem RefundLineItemConnection RefundLineItemEdge Return
  ReturnConnection ReturnDecline ReturnEdge ReturnLineItem ReturnLineItemType
  ReturnLineItemTypeConnection ReturnLineItemTypeEdge ReturnReasonDefinition ReturnUserError
  ReturnableFulfillment ReturnableFulfillmentConnection ReturnableFulfillmentEdge
  ReturnableFulfillmentLineItem ReturnableFulfillmentLineItemConnection
  ReturnableFulfillmentLineItemEdge ReverseDelivery ReverseDeliveryConnection
  ReverseDeliveryDeliverable ReverseDeliveryEdge ReverseDeliveryLabelV2 ReverseDeliveryLineItem
  ReverseDeliveryLineItemConnection ReverseDeliveryLineItemEdge
  ReverseDeliveryShippingDeliverable ReverseDeliveryTrackingV2 ReverseFulfillmentOrder
  ReverseFulfillmentOrderConnection ReverseFulfillmentOrderDisposition
  ReverseFulfillmentOrderEdge ReverseFulfillmentOrderLineItem
  ReverseFulfillmentOrderLineItemConnection ReverseFulfillmentOrderLineItemEdge Shop StaffMember
  UnverifiedReturnLineItem UserError DisplayableError WebhookSubscription
  WebhookSubscriptionConnection WebhookSubscriptionEdge
`
    .trim()
    .split(/\s+/),
)

const [file = ''] = process.argv.slice(2)
const { data } = JSON.parse(readFileSync(file, 'utf8'))
const schema = data.__schema
const byName = new Map(schema.types.map((type) => [type.name, type]))

const nameOf = (type) => type.name ?? nameOf(type.ofType)
for (const { name, type } of byName.get('Mutation').fields) {
  if (roots.Mutation.includes(name)) kept.add(nameOf(type))
}

/** What an argument needs: input types, enums and scalars, all the way down. */
const needed = new Set(['String', 'Boolean', 'Int', 'Float', 'ID'])
function need(name) {
  if (needed.has(name) || kept.has(name)) return
  needed.add(name)
  for (const { type } of byName.get(name).inputFields ?? []) need(nameOf(type))
}

const isLeaf = (name) => ['SCALAR', 'ENUM'].includes(byName.get(name).kind)
const plain = (one) => ({ ...one, description: null })

function fieldsOf({ name, fields }) {
  const found = fields.filter(({ name: field, type }) =>
    name in roots ? roots[name].includes(field) : isLeaf(nameOf(type)) || kept.has(nameOf(type)),
  )
  for (const { type, args } of found) {
    for (const one of [{ type }, ...args]) need(nameOf(one.type))
  }
  return found.map((field) => ({ ...plain(field), args: field.args.map(plain) }))
}

const isKept = ({ name }) => kept.has(name)
const objects = schema.types
  .filter(({ name }) => name in roots || kept.has(name))
  .map((type) => ({
    ...plain(type),
    fields: type.fields === null ? null : fieldsOf(type),
    interfaces: type.interfaces?.filter(isKept) ?? null,
    possibleTypes: type.possibleTypes?.filter(isKept) ?? null,
  }))
const inputs = [...needed]
  .map((name) => byName.get(name))
  .map((type) => ({
    ...plain(type),
    inputFields: type.inputFields?.map(plain) ?? null,
    enumValues: type.enumValues?.map(plain) ?? null,
  }))
const metaTypes = schema.types.filter(({ name }) => name.startsWith('__'))
const directives = schema.directives.map(plain)
const pruned = {
  ...schema,
  description: null,
  subscriptionType: null,
  types: [...objects, ...inputs.filter(({ name }) => !kept.has(name)), ...metaTypes],
  directives,
}
process.stdout.write(`# Part of the schema of Shopify's Admin API, version 2026-10; see README.md beside this file.

${printSchema(buildClientSchema({ __schema: pruned }))}
`)
