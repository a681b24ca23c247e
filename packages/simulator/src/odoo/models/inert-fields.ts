import { readFileSync } from 'node:fs'

import { type Field, type FieldType, field, labelOf } from '../orm/fields.ts'
import type { ModelDefinition } from '../orm/model.ts'

const file = new URL('../../../data/odoo/recordings/fields.json', import.meta.url)

type NamesByType = Readonly<Partial<Record<FieldType, string>>>

let known: Readonly<Record<string, NamesByType>> | null = null

/** Gives a model the other fields that Odoo was recorded to have: they keep what they are given. */
export function withInertFields(model: ModelDefinition): ModelDefinition {
  known ??= JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, NamesByType>>
  const fields: Record<string, Field> = { ...model.fields }
  for (const [type, names] of Object.entries(known[model.name] ?? {})) {
    for (const name of names.split(' ')) {
      fields[name] ??= field(type as FieldType, labelOf(name), { isInert: true })
    }
  }
  return { ...model, fields }
}
