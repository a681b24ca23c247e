import type { Env } from '../orm/env.ts'
import { boolean, char, choice, field, many2many, many2one } from '../orm/fields.ts'
import type { Method, MethodCall, ModelDefinition } from '../orm/model.ts'
import { asIds } from '../orm/rows.ts'

/** mail.message */
export const mailMessage: ModelDefinition = {
  name: 'mail.message',
  label: 'Message',
  order: 'id desc',
  indexed: ['res_id'],
  fields: {
    body: field('html', 'Contents'),
    message_type: choice('Type', 'email comment notification user_notification auto_comment'),
    subtype_id: many2one('mail.message.subtype', 'Subtype'),
    author_id: many2one('res.partner', 'Author'),
    model: char('Related Document Model'),
    res_id: field('integer', 'Related Document ID'),
    is_internal: boolean('Employee Only'),
    attachment_ids: many2many('ir.attachment', 'Attachments'),
    date: field('datetime', 'Date'),
  },
}

/** mail.message.subtype */
export const messageSubtype: ModelDefinition = {
  name: 'mail.message.subtype',
  label: 'Message subtypes',
  fields: { name: char('Message Type') },
}

/** mail.activity */
export const mailActivity: ModelDefinition = {
  name: 'mail.activity',
  label: 'Activity',
  indexed: ['res_id'],
  fields: {
    summary: char('Summary'),
    note: field('html', 'Note'),
    res_model: char('Related Document Model'),
    res_id: field('integer', 'Related Document ID'),
    user_id: many2one('res.users', 'Assigned to'),
    date_deadline: field('date', 'Due Date'),
  },
}

const subtypes: Readonly<Record<string, number>> = { 'mail.mt_comment': 1, 'mail.mt_note': 2 }

/** The methods of records that have a chatter. */
export const messageMethods: Readonly<Record<string, Method>> = {
  message_post: {
    params: [
      'body?',
      'subject?',
      'message_type?',
      'email_from?',
      'author_id?',
      'parent_id?',
      'subtype_xmlid?',
      'subtype_id?',
      'partner_ids?',
      'attachment_ids?',
      'body_is_html?',
    ],
    run: post,
  },
  activity_schedule: {
    params: ['act_type_xmlid?', 'date_deadline?', 'summary?', 'note?', 'user_id?'],
    run: schedule,
  },
}

/** Adds one more message, every time. What is sent as text is shown as text. */
function post(env: Env, { model, ids, args }: MethodCall): unknown {
  const { body = '', message_type = 'notification', subtype_xmlid, body_is_html } = args
  const text = String(body)
  const user = env.find('res.users', env.user.id)
  const attachments = asIds(args['attachment_ids'])
  const [res_id] = ids
  const message = env.insert('mail.message', {
    model: model.name,
    res_id,
    body: body_is_html ? text : `<p>${escapeMarkup(text)}</p>`,
    message_type,
    subtype_id: subtypes[String(subtype_xmlid)] ?? 2,
    author_id: user?.['partner_id'] ?? false,
    attachment_ids: attachments,
    date: env.stamp,
  })
  for (const id of attachments) {
    env.update('ir.attachment', env.get('ir.attachment', id), { res_model: model.name, res_id })
  }
  return [message.id]
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function schedule(env: Env, { model, ids, args }: MethodCall): unknown {
  const { summary = false, note = false, user_id = env.user.id, date_deadline } = args
  return ids.map(
    (res_id) =>
      env.insert('mail.activity', {
        res_model: model.name,
        res_id,
        summary,
        note,
        user_id,
        date_deadline: date_deadline ?? env.stamp.slice(0, 10),
      }).id,
  )
}
