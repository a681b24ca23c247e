import {
  commandDescriptions,
  commandExamples,
  eventDescriptions,
  eventExamples,
  internalEventTypes,
} from '../../../packages/sdk/src/canonical/index.ts'

/**
 * The AsyncAPI 3.0 document: what the hub takes in and sends out, as it stands on the wire.
 *
 * @param schemas - the published JSON Schemas; they are put below `components`, where each definition
 * stands once. What events and commands name alike and mean differently gets the suffix `Sent` in commands.
 */
export function asyncapiDocument(schemas, version) {
  const components = new Components()
  const events = Object.entries(schemas.events).map(([type, schema]) => ({
    type,
    message: eventMessage(type, components.add(`event.${type}`, schema)),
  }))
  const commands = Object.entries(schemas.commands).map(([type, schema]) => ({
    type,
    message: commandMessage(type, components.add(`command.${type}`, schema)),
  }))
  const incoming = events.filter(({ type }) => !internalEventTypes.has(type))
  const messages = Object.fromEntries(
    [...events, ...commands].map(({ type, message }) => [keyOf(type), message]),
  )
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Backhaul',
      version,
      description:
        'Events that systems send to the hub, and commands and events that the hub sends to systems.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers,
    channels: {
      webhookEvents: webhookChannel(incoming),
      apiEvents: apiChannel(incoming),
      commands: commandChannel(commands),
    },
    operations: operations(incoming, commands),
    components: {
      messages,
      schemas: components.all(),
      messageTraits: { signed, received },
      securitySchemes,
    },
  }
}

const servers = {
  hub: {
    host: '{host}',
    protocol: 'https',
    description: 'A hub.',
    variables: { host: { default: 'localhost:8484', description: 'Where the hub is reached.' } },
  },
  receiver: {
    host: '{host}',
    pathname: '{path}',
    protocol: 'https',
    description: "A system with a webhook connection; the connection's `url` names it.",
    variables: {
      host: { default: 'receiver.example', description: 'Of the connection.' },
      path: { default: '/in', description: 'Of the connection.' },
    },
    security: [{ $ref: '#/components/securitySchemes/standardWebhooks' }],
  },
}

const securitySchemes = {
  standardWebhooks: {
    type: 'httpApiKey',
    name: 'webhook-signature',
    in: 'header',
    description:
      'Standard Webhooks 1.0.0: HMAC-SHA256 (`v1`, secret `whsec_…`) or Ed25519 (`v1a`, keys `whsk_…` and `whpk_…`) over `{webhook-id}.{webhook-timestamp}.{body}`, in base64. A timestamp more than 5 minutes away is refused.',
  },
  apiKey: { type: 'http', scheme: 'bearer', description: 'An API key of the hub.' },
}

const webhookHeaders = {
  'webhook-id': {
    type: 'string',
    maxLength: 256,
    pattern: '^[^.]+$',
    description: 'The same in every attempt: the receiver drops one that it has seen.',
  },
  'webhook-timestamp': {
    type: 'string',
    pattern: '^\\d+$',
    description: 'Seconds since 1970, of the attempt.',
  },
  'webhook-signature': {
    type: 'string',
    description: 'Signatures with their versions, separated by blanks.',
  },
}
const traceparent = { type: 'string', description: 'W3C Trace Context.' }

/** Of what the hub sends. */
const signed = {
  headers: {
    type: 'object',
    required: Object.keys(webhookHeaders),
    properties: {
      'content-type': { type: 'string', const: 'application/json' },
      ...webhookHeaders,
      traceparent,
    },
  },
}

/** Of what the hub gets, by either way. */
const received = {
  headers: {
    type: 'object',
    description:
      'The three webhook headers are needed by webhook; the API takes a key in their place.',
    properties: {
      'content-type': {
        type: 'string',
        enum: [
          'application/json',
          'application/cloudevents+json',
          'application/cloudevents-batch+json',
        ],
        description: 'CloudEvents in structured mode; the last one for an array.',
      },
      ...webhookHeaders,
      traceparent,
    },
  },
}

const post = { http: { method: 'POST', bindingVersion: '0.3.0' } }

function webhookChannel(incoming) {
  return {
    address: '/webhooks/{connectionId}/canonical-events',
    title: 'Events by webhook',
    description:
      'One CloudEvent in structured JSON, or an array of 1 to 500. Answered with 202 once it is durable.',
    servers: [{ $ref: '#/servers/hub' }],
    parameters: { connectionId: { description: 'A connection of the connector `webhook`.' } },
    messages: channelMessages(incoming),
  }
}

function apiChannel(incoming) {
  return {
    address: '/api/v1/events',
    title: 'Events by API',
    description:
      'One CloudEvent in structured JSON, or an array of 1 to 500; see the OpenAPI document for the answers.',
    servers: [{ $ref: '#/servers/hub' }],
    messages: channelMessages(incoming),
  }
}

/** Its address is the connection's matter, so the document names none. */
function commandChannel(commands) {
  return {
    title: 'Commands and published events',
    description:
      'What a webhook connection posts to its system. 2xx means taken; an answer `{"externalId": "…"}` names what was made.',
    servers: [{ $ref: '#/servers/receiver' }],
    messages: channelMessages(commands),
  }
}

function operations(incoming, commands) {
  const tasks = commands.filter(({ type }) => type !== 'event.publish')
  return {
    receiveByWebhook: {
      action: 'receive',
      title: 'A system says by webhook what happened',
      channel: { $ref: '#/channels/webhookEvents' },
      security: [{ $ref: '#/components/securitySchemes/standardWebhooks' }],
      bindings: post,
      messages: references('webhookEvents', incoming),
    },
    receiveByApi: {
      action: 'receive',
      title: 'A system says by the API what happened',
      channel: { $ref: '#/channels/apiEvents' },
      security: [{ $ref: '#/components/securitySchemes/apiKey' }],
      bindings: post,
      messages: references('apiEvents', incoming),
    },
    sendCommand: {
      action: 'send',
      title: 'The hub asks a system to do something',
      channel: { $ref: '#/channels/commands' },
      bindings: post,
      messages: references('commands', tasks),
    },
    publishEvent: {
      action: 'send',
      title: 'The hub tells a subscriber what happened',
      channel: { $ref: '#/channels/commands' },
      bindings: post,
      messages: references('commands', [{ type: 'event.publish' }]),
    },
  }
}

function channelMessages(list) {
  return Object.fromEntries(
    list.map(({ type }) => [keyOf(type), { $ref: `#/components/messages/${keyOf(type)}` }]),
  )
}

function references(channel, list) {
  return list.map(({ type }) => ({ $ref: `#/channels/${channel}/messages/${keyOf(type)}` }))
}

function eventMessage(type, payload) {
  return {
    name: payload.title,
    title: type,
    summary: eventDescriptions[type],
    contentType: 'application/json',
    payload: payload.reference,
    correlationId: { location: '$message.payload#/id' },
    ...(internalEventTypes.has(type)
      ? {}
      : {
          traits: [{ $ref: '#/components/messageTraits/received' }],
          examples: [{ payload: exampleEvent(payload.title, eventExamples[type]) }],
        }),
  }
}

function exampleEvent(name, data) {
  return {
    specversion: '1.0',
    id: 'evt_1',
    source: '/shop-eu',
    type: name,
    time: '2026-11-23T08:15:00Z',
    data,
  }
}

function commandMessage(type, payload) {
  return {
    name: type,
    title: type,
    summary: commandDescriptions[type],
    contentType: 'application/json',
    traits: [{ $ref: '#/components/messageTraits/signed' }],
    payload: payload.reference,
    correlationId: { location: '$message.payload#/idempotencyKey' },
    examples: [
      {
        payload: {
          type,
          idempotencyKey: 'bh_q8Zt0yQm3cVJx5sWn1LdKfRa',
          caseId: '01920000-0000-7000-8000-000000000001',
          caseNo: 'RMA-000123-7',
          caseVersion: 12,
          occurredAt: '2026-11-23T08:15:00.000Z',
          body: commandExamples[type],
        },
      },
    ],
  }
}

/** Message keys of the document are letters, digits, hyphens and underscores. */
function keyOf(type) {
  return type.replaceAll('.', '-')
}

/** Collects schemas, with the definitions that they share beside each other. */
class Components {
  #schemas = new Map()

  add(name, { $schema: _draft, $id: _id, $defs = {}, ...schema }) {
    const names = this.#nameAll($defs)
    for (const [own, definition] of Object.entries($defs)) {
      this.#schemas.set(names.get(own), repoint(definition, names))
    }
    this.#schemas.set(name, repoint(schema, names))
    return { title: schema.title, reference: { $ref: `#/components/schemas/${name}` } }
  }

  /** A definition keeps its name unless another one stands under it already, or under a name that it uses. */
  #nameAll(definitions) {
    const names = new Map(Object.keys(definitions).map((name) => [name, name]))
    const isTaken = ([name, definition]) => {
      const known = this.#schemas.get(name)
      if (known === undefined || names.get(name) !== name) return false
      return JSON.stringify(known) !== JSON.stringify(repoint(definition, names))
    }
    let taken = Object.entries(definitions).filter(isTaken)
    while (taken.length > 0) {
      for (const [name] of taken) names.set(name, `${name}Sent`)
      taken = Object.entries(definitions).filter(isTaken)
    }
    return names
  }

  all() {
    return Object.fromEntries(
      [...this.#schemas].toSorted(([a], [b]) => (a < b ? -1 : Number(a > b))),
    )
  }
}

/** References into `$defs` become references into `components`. */
function repoint(value, names) {
  if (Array.isArray(value)) return value.map((item) => repoint(item, names))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref'
        ? `#/components/schemas/${names.get(item.replace('#/$defs/', ''))}`
        : repoint(item, names),
    ]),
  )
}
