import { z } from 'zod'

/** One message: Liquid. `text` is written once, and becomes the paragraphs of the HTML, unless `html` says them. */
export const messageTemplate = z.strictObject({
  subject: z.string().min(1).max(500),
  text: z.string().min(1).max(20_000),
  html: z.string().min(1).max(40_000).optional(),
})
export type MessageTemplate = z.output<typeof messageTemplate>

/** What stands around every message of a language: Liquid, with `{{ content }}` where the message goes. */
export const layoutTemplate = z.strictObject({
  text: z.string().min(1).max(20_000),
  html: z.string().min(1).max(40_000),
})
export type LayoutTemplate = z.output<typeof layoutTemplate>

/** The messages of one language, complete. */
export interface Language {
  readonly layout: LayoutTemplate
  readonly messages: Readonly<Record<TemplateName, MessageTemplate>>
}

/**
 * What customers are told: the headlines that are news to them, the reminder to send the goods, and the two
 * about a delay. `news` says whatever has no template of its own.
 */
export const templateNames = [
  'authorized',
  'canceled',
  'delay_ended',
  'delayed',
  'expired',
  'info_needed',
  'news',
  'partially_received',
  'received',
  'refunded',
  'rejected',
  'repaired',
  'replaced',
  'returned_to_customer',
  'ship_reminder',
] as const
export type TemplateName = (typeof templateNames)[number]

export function isTemplateName(name: string): name is TemplateName {
  return (templateNames as readonly string[]).includes(name)
}
