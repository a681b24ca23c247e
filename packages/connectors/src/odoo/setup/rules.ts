import { TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { getOrCreate } from '../client/get-or-create.ts'
import type { Odoo } from '../client/odoo.ts'
import { ids, text } from '../client/values.ts'
import { modelsThere } from './models.ts'
import { plainName, setupKey } from './ours.ts'
import { byHand, differs, type Look, missing, type Part, present, unknown } from './part.ts'
import type { Site } from './site.ts'
import { domainOf, type Watched, watched } from './watched.ts'

const ruleRow = z.object({
  id: z.int(),
  active: z.boolean(),
  trigger: z.string(),
  filter_domain: text,
  trigger_field_ids: ids,
  action_server_ids: ids,
})
const actionRow = z.object({
  id: z.int(),
  state: z.string(),
  webhook_url: text,
  webhook_field_ids: ids,
})

interface Rule {
  readonly watched: Watched
  readonly rule: z.output<typeof ruleRow> | null
  readonly action: z.output<typeof actionRow> | null
}

/**
 * One part for all rules: the hub gives out a new secret for all of its addresses at once, so that all of them
 * are set together.
 */
export const rulesPart: Part = {
  key: 'automation-rules',
  title: 'Automation rules that tell the hub of changes',
  look: lookAtRules,
  async make({ site, admin, webhooks }) {
    if (webhooks === null || !(await hasRules(admin))) return
    if ((await lookAtRules(site)).state === 'present') return
    const rules = await readRules(site, admin)
    const addressOf = await webhooks.renew()
    for (const rule of rules) await setRule({ site, admin }, rule, addressOf(rule.watched.model))
  },
  async takeBack({ site, admin }) {
    if (!(await hasRules(admin))) return missing('There are none.')
    const rules = (await readRules(site, admin)).filter(({ rule }) => rule !== null)
    for (const { rule, action } of rules) {
      // The database would drop the action with its rule, and leave its external id behind.
      if (action) await admin.act('ir.actions.server', 'unlink', { ids: [action.id] })
      if (rule) await admin.act('base.automation', 'unlink', { ids: [rule.id] })
    }
    return missing(rules.length === 0 ? 'There were none.' : `${rules.length} deleted.`)
  },
}

async function hasRules(admin: Odoo): Promise<boolean> {
  return (await modelsThere(admin, ['base.automation'])).has('base.automation')
}

async function lookAtRules(site: Site): Promise<Look> {
  const { admin, webhooks } = site
  if (admin === null) {
    return unknown('Only an administrator sees them. Without them the hub learns by asking.')
  }
  if (!(await hasRules(admin))) {
    return byHand('Install the module "Automation Rules" (base_automation), then apply again.')
  }
  if (webhooks === null) {
    return byHand('The hub does not know its public address: set it (publicUrl), then apply again.')
  }
  const rules = await readRules(site, admin)
  if (rules.every(({ rule }) => rule === null)) {
    return missing(`One for each of ${rules.map((one) => one.watched.model).join(', ')}.`)
  }
  const wrong: string[] = []
  for (const rule of rules) {
    const fault = await faultOf(site, admin, rule)
    if (fault !== null) wrong.push(`${rule.watched.model}: ${fault}`)
  }
  if (wrong.length > 0) return differs(`${wrong.join('; ')}.`)
  return present(rules.map((one) => one.watched.model).join(', '))
}

async function readRules(site: Site, admin: Odoo): Promise<Rule[]> {
  const there = await modelsThere(
    admin,
    watched.map(({ model }) => model),
  )
  const data = await admin.search('ir.model.data', {
    domain: [
      ['module', '=', site.config.prefix],
      ['name', 'like', 'setup_rule_'],
      ['model', 'in', ['base.automation', 'ir.actions.server']],
    ],
    row: z.object({ name: z.string(), model: z.string(), res_id: z.int() }),
  })
  const idOf = (key: string) =>
    data.find(({ name }) => `${site.config.prefix}.${name}` === key)?.res_id
  const rules: Rule[] = []
  for (const one of watched.filter(({ model }) => there.has(model))) {
    const keys = keysOf(site, one)
    const ruleId = idOf(keys.rule)
    const actionId = idOf(keys.action)
    const [rule = null] =
      ruleId === undefined
        ? []
        : await admin.search('base.automation', {
            domain: [['id', '=', ruleId]],
            row: ruleRow,
            context: { active_test: false },
          })
    const [action = null] =
      actionId === undefined ? [] : await admin.read('ir.actions.server', [actionId], actionRow)
    rules.push({ watched: one, rule, action })
  }
  return rules
}

function keysOf({ config, connectionId }: Site, { model }: Watched) {
  const rule = setupKey(config, `rule_${plainName(connectionId)}_${plainName(model)}`)
  return { rule, action: `${rule}_action` }
}

/** What is wrong with a rule, as half a sentence; null when nothing is. */
async function faultOf(site: Site, admin: Odoo, one: Rule): Promise<string | null> {
  const { rule, action, watched: what } = one
  if (rule === null || action === null) return 'there is none'
  if (!rule.active) return 'it is archived'
  const isRight =
    rule.trigger === 'on_create_or_write' &&
    rule.filter_domain === (await domainOf(site, admin, what)) &&
    rule.action_server_ids.includes(action.id) &&
    action.state === 'webhook' &&
    action.webhook_field_ids.length === 0
  if (!isRight) return 'it was changed'
  const fields = await fieldIds(admin, what)
  const watches = fields.every(({ id }) => rule.trigger_field_ids.includes(id))
  if (!watches || fields.length !== rule.trigger_field_ids.length) return 'it was changed'
  const isOurs = site.webhooks?.isCurrent(what.model, action.webhook_url ?? '') === true
  return isOurs ? null : 'it calls another address'
}

async function setRule(
  { site, admin }: { readonly site: Site; readonly admin: Odoo },
  { watched: what }: Rule,
  address: string,
): Promise<void> {
  const [model] = await admin.search('ir.model', {
    domain: [['model', '=', what.model]],
    row: z.object({ id: z.int(), name: z.string() }),
  })
  if (model === undefined)
    throw new TerminalError({ code: 'ODOO_NOT_SUPPORTED', reason: what.model })
  const name = `Returns hub: ${what.model} changed`
  const fields = (await fieldIds(admin, what)).map(({ id }) => id)
  const domain = await domainOf(site, admin, what)
  const keys = keysOf(site, what)
  const id = await getOrCreate(admin, 'base.automation', {
    key: keys.rule,
    values: {
      name,
      'model_id/.id': model.id,
      trigger: 'on_create_or_write',
      'trigger_field_ids/.id': fields,
      filter_domain: domain,
    },
  })
  const action = await getOrCreate(admin, 'ir.actions.server', {
    key: keys.action,
    values: {
      name,
      'model_id/.id': model.id,
      'base_automation_id/.id': id,
      usage: 'base_automation',
      state: 'webhook',
      webhook_url: address,
    },
  })
  // Nothing but the record's number is sent: the hub reads the rest, with its own rights.
  const called = { state: 'webhook', webhook_url: address, webhook_field_ids: [[6, 0, []]] }
  await admin.act('ir.actions.server', 'write', { ids: [action], named: { vals: called } })
  const vals = {
    active: true,
    trigger: 'on_create_or_write',
    trigger_field_ids: [[6, 0, fields]],
    filter_domain: domain,
  }
  await admin.act('base.automation', 'write', { ids: [id], named: { vals } })
}

function fieldIds(admin: Odoo, { model, fields }: Watched) {
  return admin.search('ir.model.fields', {
    domain: [
      ['model', '=', model],
      ['name', 'in', [...fields]],
    ],
    row: z.object({ id: z.int() }),
  })
}
