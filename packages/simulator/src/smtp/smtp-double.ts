import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  SMTPServer,
  type SMTPServerDataStream,
  type SMTPServerOptions,
  type SMTPServerSession,
} from 'smtp-server'

import { type BookEntry, type HttpDouble, startHttpDouble } from '../double/index.ts'
import { readHeaders, type TakenMail } from './mail.ts'
import { noVices, type SmtpVices } from './vices.ts'

export interface SmtpOptions {
  /** Without them nobody has to log in. */
  readonly user?: string
  readonly password?: string
  /** In PEM. With them STARTTLS is offered, or spoken from the start. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly isImplicit?: boolean }
  /** Bytes that a mail may have, announced as SIZE. */
  readonly maxSize?: number
  readonly vices?: Partial<SmtpVices>
  readonly now?: () => Date
  readonly seed?: number
}

/** A mail server on the loopback address. */
export interface SmtpDouble {
  readonly host: string
  readonly port: number
  /** Can be changed at any time. */
  readonly vices: SmtpVices
  /** Every mail that was taken, repeats among them: a mail server drops none. */
  readonly mails: readonly TakenMail[]
  /** What a mailbox shows that goes by the Message-ID: repeats once. */
  readonly inboxOf: (address: string) => readonly TakenMail[]
  readonly books: () => readonly BookEntry[]
  /** Speaks HTTP: `/_control/…` for other processes. */
  readonly control: HttpDouble
  close(): Promise<void>
}

/**
 * Starts a mail server that takes submissions. Like real ones it takes a mail as often as it is sent, and never
 * says whether it has one; what a mailbox makes of repeats is another matter.
 */
export async function startSmtp(options: SmtpOptions = {}): Promise<SmtpDouble> {
  const { now = () => new Date(), vices: given = {} } = options
  const vices: SmtpVices = { ...noVices, ...given }
  const mails: TakenMail[] = []
  const books = () => mails.map(bookOf)
  const sockets = new Map<number, Socket>()
  const cut = ({ remotePort }: SMTPServerSession) => void sockets.get(remotePort)?.destroy()
  const server = new SMTPServer({
    ...securityOf(options),
    size: options.maxSize ?? 10_000_000,
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 100,
    ...handlersOf({ options, vices, mails, now, cut }),
  })
  // Cut connections are errors to it.
  server.on('error', () => undefined)
  server.server.on('connection', (socket: Socket) => {
    const { remotePort = 0 } = socket
    sockets.set(remotePort, socket)
    socket.once('close', () => sockets.delete(remotePort))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.server.address() as AddressInfo
  const actions = { 'set-vices': (input: unknown) => Object.assign(vices, input) }
  const control = await startHttpDouble({
    routes: [],
    books,
    actions,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  return {
    host: '127.0.0.1',
    port,
    vices,
    mails,
    books,
    control,
    inboxOf: (address) =>
      mails.filter(({ to, isRepeat }) => !isRepeat && to.includes(address.toLowerCase())),
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      await control.close()
    },
  }
}

function securityOf({ user, tls }: SmtpOptions): SMTPServerOptions {
  const isOpen = user === undefined
  return {
    authOptional: isOpen,
    ...(tls === undefined ? {} : { key: tls.key, cert: tls.cert }),
    secure: tls?.isImplicit === true,
    disabledCommands: [...(tls === undefined ? ['STARTTLS'] : []), ...(isOpen ? ['AUTH'] : [])],
  }
}

interface Office {
  readonly options: SmtpOptions
  readonly vices: SmtpVices
  readonly mails: TakenMail[]
  readonly now: () => Date
  /** Ends the connection of a session at once. */
  readonly cut: (session: SMTPServerSession) => void
}

type Handlers = Pick<SMTPServerOptions, 'onAuth' | 'onRcptTo' | 'onData'>

function handlersOf(office: Office): Handlers {
  const { options, vices } = office
  /** How often each pair of sender and mailbox was put off. */
  const putOff = new Map<string, number>()
  return {
    onAuth({ username, password }, _session, callback) {
      const isKnown = username === options.user && password === options.password
      if (isKnown && !vices.refusesLogin) callback(null, { user: username })
      else callback(reply(535, '5.7.8 Authentication credentials invalid'))
    },
    onRcptTo({ address }, session, callback) {
      const mailbox = address.toLowerCase()
      const pair = `${senderOf(session)} ${mailbox}`
      const times = putOff.get(pair) ?? 0
      if (vices.refusedRecipients.includes(mailbox)) {
        callback(reply(550, `5.1.1 <${address}>: Recipient address rejected: User unknown`))
      } else if (vices.fullMailboxes.includes(mailbox)) {
        callback(reply(452, `4.2.2 <${address}>: Mailbox full`))
      } else if (times < vices.greylist) {
        putOff.set(pair, times + 1)
        callback(reply(451, `4.7.1 <${address}>: Greylisted, please try again in 300 seconds`))
      } else callback()
    },
    onData(stream, session, callback) {
      void answerTo(callback, take(office, { stream, session }))
    },
  }
}

async function answerTo(
  callback: (refused?: Error | null) => void,
  taking: Promise<Error | null>,
): Promise<void> {
  // A connection that was lost meanwhile hears no answer.
  const refused = await taking.catch(() => reply(421, '4.4.2 Connection lost'))
  callback(refused)
}

/** Reads a mail and keeps it. @returns why it was refused; null for one that was taken. */
async function take(
  { vices, mails, now, cut }: Office,
  {
    stream,
    session,
  }: { readonly stream: SMTPServerDataStream; readonly session: SMTPServerSession },
): Promise<Error | null> {
  if (vices.cutBeforeData > 0) {
    vices.cutBeforeData -= 1
    cut(session)
    return reply(421, '4.4.2 Connection lost')
  }
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  if (stream.sizeExceeded) return reply(552, '5.3.4 Message too big')
  if (vices.refusedAsSpam > 0) {
    vices.refusedAsSpam -= 1
    return reply(554, '5.7.1 Message refused as spam')
  }
  const raw = Buffer.concat(chunks).toString('utf8')
  const headers = readHeaders(raw)
  const to = session.envelope.rcptTo.map(({ address }) => address.toLowerCase())
  const isRepeat = mails.some(
    (known) =>
      known.headers.get('message-id') === headers.get('message-id') &&
      known.to.join() === to.join(),
  )
  mails.push({ from: senderOf(session), to, headers, raw, isRepeat, takenAt: now() })
  if (vices.slowDataMs > 0) await sleep(vices.slowDataMs, undefined, { ref: false })
  if (vices.cutAfterData > 0) {
    vices.cutAfterData -= 1
    cut(session)
  }
  return null
}

function senderOf({ envelope: { mailFrom } }: SMTPServerSession): string {
  return mailFrom === false ? '' : mailFrom.address.toLowerCase()
}

function reply(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode })
}

function bookOf({ to, headers, isRepeat }: TakenMail): BookEntry {
  return {
    caseNo: headers.get('x-backhaul-case') ?? null,
    ref: headers.get('message-id') ?? '',
    kind: 'message',
    status: isRepeat ? 'repeated' : `taken for ${to.length}`,
  }
}
