import { secret } from '@backhaul/sdk/connector'
import { z } from 'zod'

const languageTag = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a language such as de or de-AT')

/** No line breaks and no other control characters: they would begin another header. */
const headerText = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(/^[^\p{Cc}]*$/u, 'one line')

const mailbox = z.object({
  address: z.email().max(254),
  name: headerText(100).optional(),
})

const identity = {
  from: mailbox.optional(),
  replyTo: mailbox.optional(),
  language: languageTag.optional(),
}

export const config = z
  .object({
    host: z
      .string()
      .regex(/^[A-Za-z0-9_.:-]{1,253}$/, 'a name or an address')
      .describe('The server that takes mail for sending.'),
    port: z.int().min(1).max(65_535).default(587),
    security: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .describe('`starttls` (port 587) and `tls` (port 465) go on encrypted or not at all.'),
    ca: z
      .string()
      .startsWith('-----BEGIN CERTIFICATE-----')
      .max(50_000)
      .optional()
      .describe('Certificates in PEM that the server is trusted by, in place of the public ones.'),
    user: z.string().min(1).max(320).optional(),
    password: secret(z.string().min(1).max(4_000)).optional(),
    from: mailbox.describe('Whom mails come from.'),
    replyTo: mailbox.optional().describe('Whom answers go to; the sender when left out.'),
    language: languageTag
      .default('en')
      .describe('For customers whose language is not known, or not written.'),
    companies: z
      .record(
        z.string().min(1).max(64),
        z.object({ ...identity, name: headerText(100).optional() }),
      )
      .default({})
      .describe(
        'What is different for a company: its name, sender, address for answers, language.',
      ),
    timeoutMs: z.int().min(1_000).max(60_000).default(60_000),
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    path: ['password'],
    message: 'goes with `user`',
  })
  .refine(({ security, user }) => security !== 'none' || user === undefined, {
    path: ['security'],
    message: 'a password is sent encrypted only: starttls or tls',
  })
export type Config = z.output<typeof config>
