import {
  type Delivered,
  type Delivery,
  type NoticePreview,
  type NoticeToPreview,
  RetryableError,
} from '@backhaul/sdk/connector'
import { addressOf, composeMail } from './compose-mail.ts'
import type { Config } from './config.ts'
import { type Notice, noticeOf } from './notice.ts'
import { withSession } from './session.ts'
import { TemplateError } from './templates/engine.ts'
import { type FindOwn, type Letter, writeLetter } from './templates/write-letter.ts'

/**
 * Tells the customer by mail.
 *
 * SMTP cannot be asked whether a mail was taken, and takes a mail as often as it is sent. An attempt that was
 * lost after the text was sent is repeated with the same Message-ID, by which many mailboxes show one mail; the
 * customer may see two where theirs does not.
 *
 * @returns `externalId` and the reference `mail`: the Message-ID.
 * @throws {TerminalError} ADDRESS_MISSING, ADDRESS_INVALID, RECIPIENT_REFUSED, SENDER_REFUSED, MAIL_REFUSED.
 * @throws {RetryableError} on a 4xx reply, before the text was sent, and for a template that cannot be used.
 * @throws {UnknownOutcomeError} when the text was sent and no reply came.
 */
export async function notifyCustomer(
  delivery: Delivery<Config, 'customer.notify'>,
): Promise<Delivered> {
  const to = addressOf(delivery.contact)
  const notice = noticeOf(delivery)
  const letter = letterOf(notice, delivery.template)
  const mail = await composeMail(delivery, { notice, letter, to })
  const serverMessageId = await withSession(delivery, ({ send }) => send(mail))
  const ids = serverMessageId === null ? [mail.messageId] : [mail.messageId, serverMessageId]
  return { externalId: mail.messageId, refs: ids.map((value) => ({ type: 'mail', value })) }
}

/** What `notifyCustomer` would send. */
export function previewNotice(given: NoticeToPreview<Config>): NoticePreview {
  return letterOf(noticeOf(given), given.template)
}

function letterOf(notice: Notice, own: FindOwn = () => undefined): Letter {
  try {
    return writeLetter(notice, own)
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    // Somebody mends the template, and the next attempt gets through.
    throw new RetryableError({ code: 'TEMPLATE_FAILED', reason: error.message })
  }
}
