/** What a mail server does wrong, or not as one would like. All as often as they are set to. */
export interface SmtpVices {
  /** How often a sender and mailbox that are new to each other are put off with 451 (greylisting). */
  greylist: number
  /** Milliseconds between the end of a mail and the reply to it. */
  slowDataMs: number
  /** How many mails are taken, and the connection cut in place of a reply. */
  cutAfterData: number
  /** How many connections are cut before the text of a mail has ended. */
  cutBeforeData: number
  /** Mailboxes that there are not: 550. */
  refusedRecipients: readonly string[]
  /** Mailboxes that are full for now: 452. */
  fullMailboxes: readonly string[]
  /** How many mails are refused after their text, as spam: 554. */
  refusedAsSpam: number
  /** Whether logins are refused: 535. */
  refusesLogin: boolean
}

export const noVices: SmtpVices = {
  greylist: 0,
  slowDataMs: 0,
  cutAfterData: 0,
  cutBeforeData: 0,
  refusedRecipients: [],
  fullMailboxes: [],
  refusedAsSpam: 0,
  refusesLogin: false,
}
