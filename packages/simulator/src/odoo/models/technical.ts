import type { Env } from '../orm/env.ts'
import { boolean, char, choice, field, many2many, many2one } from '../orm/fields.ts'
import type { MethodCall, ModelDefinition } from '../orm/model.ts'
import { createRecord, unlinkRecords, writeRecords } from '../orm/records.ts'
import { asIds } from '../orm/rows.ts'

const byAdmin = 'Access Rights'
const forbidden = { create: byAdmin, read: byAdmin, write: byAdmin, unlink: byAdmin }
const readable = { create: byAdmin, write: byAdmin, unlink: byAdmin }

/** The models by which Odoo describes itself. */
export const technical: readonly ModelDefinition[] = [
  {
    name: 'ir.model.data',
    label: 'Model Data',
    order: 'module,model,name',
    indexed: ['complete_name', 'target'],
    forbidden,
    fields: {
      name: char('External Identifier'),
      module: char('Module'),
      complete_name: char('Complete ID'),
      model: char('Model Name'),
      res_id: field('integer', 'Record ID'),
      noupdate: boolean('Non Updatable'),
    },
  },
  {
    name: 'ir.model',
    label: 'Models',
    order: 'model',
    indexed: ['model'],
    forbidden: readable,
    fields: { name: char('Model Description'), model: char('Model') },
  },
  {
    name: 'ir.model.fields',
    label: 'Fields',
    order: 'name',
    indexed: ['model', 'name'],
    forbidden: readable,
    fields: {
      name: char('Field Name'),
      model: char('Model Name'),
      model_id: many2one('ir.model', 'Model'),
      ttype: char('Field Type'),
      field_description: char('Field Label'),
    },
  },
  {
    name: 'ir.module.module',
    label: 'Module',
    order: 'sequence,name',
    forbidden: readable,
    fields: {
      name: char('Technical Name'),
      state: char('Status'),
      installed_version: char('Latest Version'),
      sequence: field('integer', 'Sequence'),
    },
  },
  {
    name: 'ir.actions.server',
    label: 'Server Actions',
    forbidden,
    fields: {
      name: char('Name'),
      model_id: many2one('ir.model', 'Model', { isRequired: true }),
      state: choice('Type', 'object_write object_create code webhook multi'),
      webhook_url: char('Webhook URL'),
      webhook_field_ids: many2many('ir.model.fields', 'Webhook Fields'),
      base_automation_id: many2one('base.automation', 'Automation Rule'),
      usage: choice('Usage', 'ir_actions_server ir_cron base_automation'),
    },
    afterCreate: (env, action) => {
      const rule = env.find('base.automation', action['base_automation_id'])
      if (!rule) return
      const actions = [...asIds(rule['action_server_ids']), action.id]
      env.update('base.automation', rule, { action_server_ids: actions })
    },
    beforeUnlink: (env, action) => {
      const rule = env.find('base.automation', action['base_automation_id'])
      if (!rule) return
      const actions = asIds(rule['action_server_ids']).filter((id) => id !== action.id)
      env.update('base.automation', rule, { action_server_ids: actions })
    },
  },
  {
    name: 'base.automation',
    label: 'Automation Rule',
    forbidden,
    fields: {
      name: char('Automation Rule Name'),
      model_id: many2one('ir.model', 'Model', { isRequired: true }),
      trigger: choice('Trigger', 'on_create_or_write on_create on_write on_unlink on_state_set'),
      trigger_field_ids: many2many('ir.model.fields', 'Trigger Fields'),
      action_server_ids: many2many('ir.actions.server', 'Actions'),
      filter_domain: char('Apply on'),
      active: boolean('Active'),
    },
    defaults: () => ({ active: true }),
  },
  {
    name: 'ir.config_parameter',
    label: 'System Parameter',
    indexed: ['key'],
    forbidden,
    fields: { key: char('Key', { isRequired: true }), value: char('Value', { isRequired: true }) },
    methods: {
      get_param: {
        params: ['key', 'default?'],
        isOfModel: true,
        run: (env, { model, args }) => {
          env.mayOrThrow(model, 'read')
          return parameter(env, args['key'])?.['value'] ?? args['default'] ?? false
        },
      },
      set_param: { params: ['key', 'value'], isOfModel: true, run: setParameter },
    },
  },
  {
    name: 'ir.sequence',
    label: 'Sequence',
    forbidden,
    fields: { name: char('Name'), prefix: char('Prefix') },
  },
]

const parameter = (env: Env, key: unknown) => env.by('ir.config_parameter', 'key', key)[0]

/** Sets a parameter, or deletes it where there is no value. @returns the value before. */
function setParameter(env: Env, { model, args: { key, value } }: MethodCall): unknown {
  const known = parameter(env, key)
  if (known === undefined) {
    if (value) createRecord(env, model.name, { key, value })
    return false
  }
  const before = known['value']
  if (value) writeRecords(env, { model: model.name, ids: [known.id] }, { value })
  else unlinkRecords(env, model.name, [known.id])
  return before
}

/** Writes down, as records, which models and fields there are. */
export function describeModels(env: Env): void {
  for (const model of env.registry.all()) {
    const row = env.insert('ir.model', { name: model.label, model: model.name })
    for (const [name, { type, label }] of Object.entries(model.fields)) {
      const values = {
        name,
        model: model.name,
        model_id: row.id,
        ttype: type,
        field_description: label,
      }
      env.insert('ir.model.fields', values)
    }
  }
}
