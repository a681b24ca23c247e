import { defineConnector } from '@backhaul/sdk/connector'
import { checkServer } from './check-server.ts'
import { config } from './config.ts'
import { notifyCustomer, previewNotice } from './notify-customer.ts'
import { checkTemplate } from './templates/check-template.ts'
import { templateNames } from './templates/template.ts'

/**
 * Mail to customers, over any SMTP server that takes submissions.
 *
 * Out: `customer.notify`, as a mail in plain text and HTML, in the customer's language.
 * Source: RFC 5321, 6409 (submission), 3207 (STARTTLS), 4954 (AUTH), 3834 (Auto-Submitted).
 */
export default defineConnector({
  key: 'smtp',
  title: 'Mail (SMTP)',
  sdkVersion: 1,
  config,
  roles: ['notify'],
  limits: { timeoutMs: 60_000 },
  delivers: {
    // By the Message-ID, as far as the mailbox goes by it: the protocol itself drops nothing.
    'customer.notify': { deliver: notifyCustomer, idempotency: { kind: 'native_key' } },
  },
  templates: { names: templateNames, check: checkTemplate, preview: previewNotice },
  check: checkServer,
})
