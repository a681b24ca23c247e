import { eventRules } from '../../../packages/hub/src/domain/event-rules.ts'
import {
  cloudEventType,
  commandContracts,
  commandDescriptions,
  commandExamples,
  eventDescriptions,
  eventExamples,
  internalEventTypes,
} from '../../../packages/sdk/src/canonical/index.ts'
import { anchor, code, jsonBlock, page, table } from './markdown.mjs'
import { fieldHead, fieldRows } from './schema-fields.mjs'

const everyEvent = ['`refs`', '`note`', '`actor`']

export function eventsPage(schemas) {
  const first = Object.values(schemas)[0]
  const { data: _data, ...envelope } = first.properties
  return page('Events', [
    `What systems say to the hub, and what the hub tells those who subscribed. An event is a
[CloudEvent 1.0](https://cloudevents.io) in structured JSON. The schemas are in
[contracts/json-schema/events](../../contracts/json-schema/events). Besides what they say, a text holds no control
characters and no half of a surrogate pair, a time lies between 2000 and 2100, a currency is active in ISO 4217, an
amount has no more decimals than its currency, a quantity that must be above zero is, a product has an identifier, and
a link begins with http or https and holds no blanks.`,
    'A field that the hub does not know is dropped. Where two events of a case have the same time, the one that stands earlier in this table counts as earlier. What an event moves is in [states.md](states.md).',
    table(
      ['Event', 'Says', 'Axis'],
      Object.keys(schemas).map((type) => [
        `[${type}](#${anchor(type)})`,
        eventDescriptions[type],
        axisOf(type),
      ]),
    ),
    'An event with an axis moves it only when its sender owns the axis; otherwise it is kept as a claim. *Anyone* may say what is marked so.',
    '## Envelope',
    table(fieldHead, fieldRows({ ...first, properties: { ...envelope, type: typeField } })),
    '## In every `data`',
    table(
      fieldHead,
      fieldRows(first.properties.data).filter(([name]) => everyEvent.includes(name)),
    ),
    ...Object.entries(schemas).flatMap(eventSection),
    ...partSections(Object.values(schemas)),
  ])
}

const typeField = {
  type: 'string',
  description: 'The name of the event between `backhaul.` and `.v1`.',
}

function axisOf(type) {
  if (internalEventTypes.has(type)) return 'the hub only'
  if (type === 'status.reported') return 'the one that it names'
  const { axis, isOpenToAll, alsoOwners = [] } = eventRules[type]
  if (axis === null) return 'anyone'
  return isOpenToAll ? `${axis}, anyone` : [axis, ...alsoOwners].join(' or ')
}

function eventSection([type, schema]) {
  const isInternal = internalEventTypes.has(type)
  const rows = fieldRows(schema.properties.data, { skip: everyEvent })
  const whose = isInternal ? ' Made by the hub only: a sender from outside is refused.' : ''
  return [
    `## ${type}`,
    `${eventDescriptions[type]}${whose} Type ${code(cloudEventType(type))}.`,
    rows.length > 0 ? table(fieldHead, rows) : 'No fields of its own.',
    ...(isInternal ? [] : [jsonBlock(eventExamples[type])]),
  ]
}

export function commandsPage(schemas) {
  const first = Object.values(schemas)[0]
  const { body: _body, ...envelope } = first.properties
  return page('Commands', [
    `What the hub asks of systems. A command is owed to a role; a route says which connection plays the role. The
schemas, envelope included, are in [contracts/json-schema/commands](../../contracts/json-schema/commands). How a command
looks on the wire is the connector's matter; the webhook connector sends it as it stands here.`,
    table(
      ['Command', 'Role', 'Asks to'],
      Object.entries(commandDescriptions).map(([type, text]) => [
        `[${type}](#${anchor(type)})`,
        playersOf(type, (role) => role),
        text,
      ]),
    ),
    '## Envelope',
    table(fieldHead, fieldRows({ ...first, properties: envelope })),
    ...Object.entries(schemas).flatMap(([type, schema]) => [
      `## ${type}`,
      `${commandDescriptions[type]} For the role ${playersOf(type, code)}.`,
      table(fieldHead, fieldRows(schema.properties.body)),
      jsonBlock(commandExamples[type]),
    ]),
    ...partSections(Object.values(schemas)),
  ])
}

/** Who gets a command: of several roles, one, by authority over settlement. */
function playersOf(type, shown) {
  const { role, otherRoles = [] } = commandContracts[type]
  return [role, ...otherRoles].map((one) => shown(one)).join(' or ')
}

/** The named parts that the schemas of a page share. */
function partSections(schemas) {
  const parts = new Map(schemas.flatMap(({ $defs }) => Object.entries($defs ?? {})))
  return [...parts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, schema]) => [
      `## ${name}`,
      `${schema.description}${schema.pattern === undefined ? '' : ` Pattern ${code(schema.pattern)}.`}`,
      ...(schema.properties ? [table(fieldHead, fieldRows(schema))] : []),
      ...(schema.examples ?? []).map(jsonBlock),
    ])
}
