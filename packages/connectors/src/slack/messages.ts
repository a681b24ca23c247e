import { type ExceptionCode, exceptionCodes } from '@backhaul/sdk/canonical'
import type { DeliveryCommand } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'

/** What is said in one channel. */
export interface ChannelMessage {
  readonly channel: string
  /** Slack's mrkdwn, escaped. */
  readonly text: string
}

const published = z.object({
  event: z.object({ type: z.string() }).loose(),
  raised: z.array(z.string()).default([]),
})

/** What a published event says to which channels: exceptions that it raised, and what is news there. */
export function messagesOf(
  config: Config,
  { body, caseNo, caseId }: DeliveryCommand<'event.publish'>,
): readonly ChannelMessage[] {
  const read = published.safeParse(body)
  if (!read.success) return []
  const { event, raised } = read.data
  const type = event.type.replace(/^backhaul\./, '').replace(/\.v\d+$/, '')
  const lines = new Map<string, string[]>()
  const say = (channel: string | undefined, text: string) => {
    if (channel === undefined) return
    const known = lines.get(channel) ?? []
    if (!known.includes(text)) lines.set(channel, [...known, text])
  }
  for (const key of raised) {
    const code = codeOf(key)
    if (code === null) continue
    const { title, queue, severity } = exceptionCodes[code]
    const text = `${marks[severity]} *${code}* ${escaped(title)} (queue ${queue}, ${severity})`
    say(config.exceptions[queue] ?? config.otherExceptions, text)
  }
  for (const { events, channel } of config.news) {
    if (covers(events, type)) say(channel, escaped(wordsOf(type)))
  }
  const title = titleOf(config, { caseNo, caseId })
  return [...lines].map(([channel, said]) => ({ channel, text: [title, ...said].join('\n') }))
}

const marks = { blocking: ':no_entry:', warning: ':warning:', info: ':information_source:' }

function titleOf(
  { consoleUrl }: Config,
  { caseNo, caseId }: { readonly caseNo: string; readonly caseId: string },
): string {
  if (consoleUrl === undefined) return `*${escaped(caseNo)}*`
  const url = `${consoleUrl.replace(/\/$/, '')}/returns/${encodeURIComponent(caseId)}`
  return `<${escaped(url)}|${escaped(caseNo)}>`
}

/** A key is the code, then what it is about. */
function codeOf(key: string): ExceptionCode | null {
  const [code = ''] = key.split(':')
  return Object.hasOwn(exceptionCodes, code) ? (code as ExceptionCode) : null
}

/** `goods.received`: Goods received. */
function wordsOf(type: string): string {
  const words = type.replaceAll(/[._]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function covers(pattern: string, type: string): boolean {
  if (pattern === '*' || pattern === type) return true
  return pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1))
}

/** The three characters that mean something to Slack: without them nothing is a link, or calls anybody. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
