import { z } from 'zod'

/**
 * The same schema with no field allowed that it does not name, at any depth. Events from systems drop what
 * they do not know, so that a newer sender is understood; who fills in a form of ours is told of a
 * misspelled field.
 */
export function strictly<Schema extends z.ZodType>(schema: Schema): Schema {
  return rebuild(schema) as unknown as Schema
}

function rebuild(schema: z.core.$ZodType): z.core.$ZodType {
  const { def } = schema._zod as { def: z.core.$ZodTypeDef }
  const copy = (changed: Record<string, unknown>): z.core.$ZodType =>
    z.core.clone(schema, { ...def, ...changed })
  if (schema instanceof z.ZodObject) {
    const shape = Object.entries(schema.shape)
    const strict = Object.fromEntries(shape.map(([name, field]) => [name, rebuild(field)]))
    return copy({ shape: strict, catchall: z.never() })
  }
  if (schema instanceof z.ZodArray) return copy({ element: rebuild(schema.element) })
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault
  ) {
    return copy({ innerType: rebuild(schema._zod.def.innerType) })
  }
  return schema
}
