import { productRef } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import {
  canceledLines,
  eventPage,
  expectedReturn,
  inspectionOrder,
  problem,
  returnLine,
  sendBackOrder,
  status,
  taken,
} from './contract.ts'
import { warehouseEvent } from './warehouse-event.ts'

/** `receipt.posted` -> `ReceiptPosted`. */
function nameOf(type: string): string {
  return type
    .split(/[._]/)
    .map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)
    .join('')
}

/** What stands under `components.schemas`, by its name there. */
const named: Readonly<Record<string, z.ZodType>> = {
  ProductRef: productRef,
  ReturnLine: returnLine,
  ExpectedReturn: expectedReturn,
  CanceledLines: canceledLines,
  InspectionOrder: inspectionOrder,
  SendBackOrder: sendBackOrder,
  Taken: taken,
  Problem: problem,
  Status: status,
  EventPage: eventPage,
  WarehouseEvent: warehouseEvent,
  ...Object.fromEntries(warehouseEvent.options.map((one) => [nameOf(one.shape.type.value), one])),
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const json = (name: string) => ({ content: { 'application/json': { schema: ref(name) } } })
const refused = {
  description: 'Refused: the same request would be refused again.',
  ...json('Problem'),
}
const failures = {
  '401': { description: 'The token is not known.' },
  '429': { description: 'Too many requests; `Retry-After` says when to come again.' },
  '503': { description: 'Not now; `Retry-After` may say when to come again.' },
}
const caseNo = {
  name: 'caseNo',
  in: 'path',
  required: true,
  schema: { type: 'string', maxLength: 32 },
  description: 'Our number of the return.',
}
const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  schema: { type: 'string', maxLength: 200 },
  description: 'The same in every attempt of one command.',
}
const segment = (name: string, description: string) => ({
  name,
  in: 'path',
  required: true,
  schema: { type: 'string', maxLength: 200 },
  description,
})

function write(
  operationId: string,
  summary: string,
  { body, parameters = [] }: { readonly body: string; readonly parameters?: readonly object[] },
) {
  return {
    operationId,
    summary,
    parameters: [caseNo, ...parameters, idempotencyKey],
    requestBody: { required: true, ...json(body) },
    responses: {
      '200': { description: 'It stands, now or since before.', ...json('Taken') },
      '201': { description: 'It is new.', ...json('Taken') },
      '409': refused,
      '422': refused,
      ...failures,
    },
  }
}

const eventsQuery = [
  {
    name: 'after',
    in: 'query',
    schema: { type: 'string', maxLength: 3_000 },
    description: '`next` of the last page; from the beginning when left out.',
  },
  { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 500 } },
]

const paths = {
  '/status': {
    get: {
      operationId: 'status',
      summary: 'Whether the warehouse is there, and who the hub is to it',
      responses: { '200': { description: 'It is.', ...json('Status') }, ...failures },
    },
  },
  '/returns/{caseNo}': {
    put: write('expectReturn', 'Expect these goods', { body: 'ExpectedReturn' }),
  },
  '/returns/{caseNo}/cancel': {
    post: write('cancelLines', 'Do not expect these lines any more', { body: 'CanceledLines' }),
  },
  '/returns/{caseNo}/inspections/{inspectionOrder}': {
    put: write('requestInspection', 'Inspect what has come', {
      body: 'InspectionOrder',
      parameters: [segment('inspectionOrder', "The hub's own name of the order.")],
    }),
  },
  '/returns/{caseNo}/send-backs/{sendBackId}': {
    put: write('sendBack', 'Send these units back to the customer', {
      body: 'SendBackOrder',
      parameters: [segment('sendBackId', "The hub's own name of the order.")],
    }),
  },
  '/events': {
    get: {
      operationId: 'listEvents',
      summary: 'What has happened since, for what webhooks have lost',
      parameters: eventsQuery,
      responses: { '200': { description: 'A page.', ...json('EventPage') }, ...failures },
    },
  },
}

const signed = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => ({
  name,
  in: 'header',
  required: true,
  schema: { type: 'string' },
}))

const webhooks = {
  events: {
    post: {
      operationId: 'tellEvent',
      summary:
        "What happened in the warehouse, signed by Standard Webhooks; `webhook-id` is the event's id",
      parameters: signed,
      requestBody: { required: true, ...json('WarehouseEvent') },
      responses: {
        '202': { description: 'Kept, now or before.' },
        '401': { description: 'The signature is not right: correct it before sending it again.' },
        '422': { description: 'Against the contract: it would be refused again.' },
        '503': { description: 'Send it again later.' },
      },
    },
  },
}

/** The contract as OpenAPI 3.1; `openapi.json` beside this file is what this comes to. */
export function warehouseOpenapi(): unknown {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, {
    metadata: registry,
    io: 'input',
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ zodSchema, jsonSchema }) => {
      const about = z.globalRegistry.get(zodSchema)
      if (about?.description !== undefined) jsonSchema.description = about.description
    },
  })
  return {
    openapi: '3.1.0',
    info: {
      title: 'Warehouse of a returns hub',
      version: '1.0.0',
      description: 'What a warehouse offers to the hub, and what it tells it (`webhooks`).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'https://warehouse.example/backhaul' }],
    security: [{ token: [] }],
    paths,
    webhooks,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: Object.fromEntries(
        Object.entries(schemas).map(([name, { $schema: _ours, $id: _named, ...schema }]) => [
          name,
          schema,
        ]),
      ),
    },
  }
}
