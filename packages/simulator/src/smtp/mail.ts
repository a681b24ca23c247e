/** A mail as the server took it. */
export interface TakenMail {
  readonly from: string
  readonly to: readonly string[]
  /** As they were sent, names in lower case, folded lines joined; of several only the first. */
  readonly headers: ReadonlyMap<string, string>
  readonly raw: string
  /** Whether the server has taken a mail of the same Message-ID for the same mailbox before. */
  readonly isRepeat: boolean
  readonly takenAt: Date
}

/** Reads the headers of a mail (RFC 5322, 2.2), which end at the first empty line. */
export function readHeaders(raw: string): ReadonlyMap<string, string> {
  const [head = ''] = raw.split('\r\n\r\n', 1)
  const headers = new Map<string, string>()
  for (const line of head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).trim().toLowerCase()
    if (colon > 0 && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim())
  }
  return headers
}
