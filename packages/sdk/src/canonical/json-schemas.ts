import { z } from 'zod'
import { type CommandType, commandEnvelope } from './commands.ts'
import { type EntityName, entitySchemas } from './entities.ts'
import { cloudEventSchema, type EventType } from './events.ts'

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = z.core.JSONSchema.JSONSchema

/** What a sender of the event has to send: a field with a default may be left out. */
export function eventJsonSchema(type: EventType): JsonSchema {
  return publish(cloudEventSchema(type), 'input')
}

/** What a receiver of the command gets, envelope included. */
export function commandJsonSchema(type: CommandType): JsonSchema {
  return publish(commandEnvelope(type), 'output')
}

/** What the API shows of a part of a case. */
export function entityJsonSchema(name: EntityName): JsonSchema {
  return publish(entitySchemas[name], 'output')
}

/** Formats that say it all: the patterns that zod adds to them change with its versions, not with ours. */
const plainFormats = new Set(['date-time', 'uri', 'email'])

function publish(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, {
    io,
    override: ({ zodSchema, jsonSchema }) => {
      if (plainFormats.has(jsonSchema.format ?? '')) delete jsonSchema.pattern
      // Of what is made by parsing, zod says that nothing else is in it. A receiver has to ignore what it
      // does not know all the same, so that a field can be added.
      const { def } = zodSchema._zod
      if (def.type === 'object' && def.catchall === undefined)
        delete jsonSchema.additionalProperties
    },
  })
}
