import { createHash } from 'node:crypto'

import type { Env } from '../orm/env.ts'
import { accessError } from '../orm/errors.ts'
import { char, choice, field } from '../orm/fields.ts'
import type { ModelDefinition } from '../orm/model.ts'
import { type Row, textOf, type Values } from '../orm/rows.ts'

/** ir.attachment */
export const irAttachment: ModelDefinition = {
  name: 'ir.attachment',
  label: 'Attachment',
  order: 'id desc',
  indexed: ['res_id', 'checksum'],
  fields: {
    name: char('Name', { isRequired: true }),
    res_model: char('Resource Model'),
    res_id: field('integer', 'Resource ID'),
    res_name: char('Resource Name', { compute: resourceName }),
    type: choice('Type', 'url binary'),
    url: char('Url'),
    datas: field('binary', 'File Content (base64)', { compute: fileContent }),
    raw: field('binary', 'File Content (raw)'),
    mimetype: char('Mime Type'),
    file_size: field('integer', 'File Size'),
    checksum: char('Checksum/SHA1'),
    description: field('text', 'Description'),
    public: field('boolean', 'Is public document'),
    res_field: char('Resource Field'),
  },
  defaults: attachmentDefaults,
  afterCreate: keepContent,
}

function attachmentDefaults(env: Env, values: Values): Values {
  const model = env.registry.find(String(values['res_model']))
  if (model?.forbidden?.write && !env.user.isAdmin) {
    throw accessError('Sorry, you are not allowed to access this document.')
  }
  return { type: 'binary', mimetype: guessType(textOf(values['name'])) }
}

const types: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  pdf: 'application/pdf',
  png: 'image/png',
  txt: 'text/plain',
}

/** Odoo goes by a file's name. */
function guessType(name: string): string {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  return types[ending] ?? 'application/octet-stream'
}

/** Odoo names a file's content by its SHA-1. */
function keepContent(env: Env, row: Row, given: Values): void {
  const { datas } = given
  if (typeof datas !== 'string') return
  const bytes = Buffer.from(datas, 'base64')
  const checksum = createHash('sha1').update(bytes).digest('hex')
  env.update('ir.attachment', row, { content: datas, file_size: bytes.length, checksum })
}

function resourceName(env: Env, row: Row): unknown {
  const model = env.registry.find(String(row['res_model']))
  const record = model && env.find(model.name, row['res_id'])
  return record?.['name'] ?? false
}

/** With `bin_size` in the context only the size is told. */
function fileContent(env: Env, row: Row): unknown {
  if (!row['content']) return false
  if (env.context['bin_size']) return `${Number(row['file_size']).toFixed(2)} bytes`
  return row['content']
}
