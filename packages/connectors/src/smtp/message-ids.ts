import { hash } from 'node:crypto'

/** RFC 5322 takes more; every server takes these. */
function named(text: string, domain: string): string {
  return `<${hash('sha256', text, 'hex').slice(0, 40)}@${domain}>`
}

/** The Message-ID of a command's mail: the same in every attempt, so that whoever drops repeats can. */
export function messageIdOf(idempotencyKey: string, domain: string): string {
  return named(`mail\n${idempotencyKey}`, domain)
}

/**
 * What all mails of a case answer to. No mail has this Message-ID: mail programs show what refers to the same
 * missing mail as one conversation.
 */
export function threadIdOf(caseId: string, domain: string): string {
  return named(`case\n${caseId}`, domain)
}
