import { hash } from 'node:crypto'
import { type Delivery, TerminalError } from '@backhaul/sdk/connector'
import MailComposer from 'nodemailer/lib/mail-composer'
import { z } from 'zod'
import type { Config } from './config.ts'
import { messageIdOf, threadIdOf } from './message-ids.ts'
import type { Notice } from './notice.ts'
import type { Letter } from './templates/write-letter.ts'

/** A mail as it is sent. */
export interface Mail {
  readonly messageId: string
  readonly from: string
  readonly to: string
  readonly raw: Buffer
}

type Sent = Pick<
  Delivery<Config, 'customer.notify'>,
  'config' | 'command' | 'idempotencyKey' | 'now'
>

/**
 * Makes the mail of a command. Whatever may differ between two attempts is fixed by the idempotency key, but
 * for the date.
 */
export async function composeMail(
  { config, command, idempotencyKey, now }: Sent,
  { notice, letter, to }: { readonly notice: Notice; readonly letter: Letter; readonly to: string },
): Promise<Mail> {
  const own = notice.company === null ? undefined : config.companies[notice.company]
  const from = own?.from ?? config.from
  const replyTo = own?.replyTo ?? config.replyTo
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1)
  const messageId = messageIdOf(idempotencyKey, domain)
  const thread = threadIdOf(command.caseId, domain)
  const { subject, text, html, language } = letter
  const composer = new MailComposer({
    from: { name: from.name ?? '', address: from.address },
    to: { name: plainName(notice.customerName), address: to },
    ...(replyTo === undefined
      ? {}
      : { replyTo: { name: replyTo.name ?? '', address: replyTo.address } }),
    subject,
    text,
    html,
    messageId,
    inReplyTo: thread,
    references: thread,
    date: now,
    baseBoundary: hash('sha256', messageId, 'hex').slice(0, 24),
    xMailer: false,
    disableFileAccess: true,
    disableUrlAccess: true,
    headers: {
      // RFC 3834: no program answers it. The second is what Exchange goes by.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'Content-Language': language,
      'X-Backhaul-Case': command.caseNo,
    },
  })
  return { messageId, from: from.address, to, raw: await composer.compile().build() }
}

const address = z.email().max(254)

/**
 * Where the mail goes.
 *
 * @throws {TerminalError} ADDRESS_MISSING, ADDRESS_INVALID.
 */
export function addressOf(contact: { readonly email?: string | undefined } | undefined): string {
  const email = contact?.email?.trim() ?? ''
  if (email === '') {
    throw new TerminalError({
      code: 'ADDRESS_MISSING',
      reason:
        'The return names no mail address of the customer. Add one, then replay the delivery.',
    })
  }
  const parsed = address.safeParse(email)
  if (parsed.success) return parsed.data
  throw new TerminalError({
    code: 'ADDRESS_INVALID',
    reason: 'What the return names is no mail address. Correct it, then replay the delivery.',
  })
}

/** A name as it may stand before an address: one line, and nothing that ends it. */
function plainName(name: string | null): string {
  return (name ?? '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}<>"\\]+/gu, ' ')
    .trim()
    .slice(0, 100)
}
