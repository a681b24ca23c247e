import { Readable } from 'node:stream'
import type { GuardedDial } from '@backhaul/sdk/connector'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Mail } from './compose-mail.ts'
import type { Config } from './config.ts'
import { type Progress, smtpFailure } from './smtp-failure.ts'

interface Way {
  readonly config: Config
  readonly dial: GuardedDial
  readonly signal: AbortSignal
}

/** A conversation with the server that has been greeted, encrypted and logged in to. */
interface Session {
  /** Resolves when the server has taken the mail. @returns the Message-ID that it gave it in place of ours, where it says so. */
  readonly send: (mail: Mail) => Promise<string | null>
}

/**
 * Opens a conversation for one use of it, and ends it.
 *
 * @throws {DeliveryError} of `smtpFailure`.
 */
export async function withSession<T>(way: Way, use: (session: Session) => Promise<T>): Promise<T> {
  const { signal } = way
  const progress: Progress = { isSent: false }
  const connection = await open(way)
  try {
    const failed = new Promise<never>((_resolve, reject) => connection.on('error', reject))
    // It may fail after everything that mattered has succeeded.
    failed.catch(() => undefined)
    const used = async () => {
      await begin(connection, way.config)
      return use({ send: (mail) => send(connection, mail, progress) })
    }
    return await Promise.race([used(), failed])
  } catch (error) {
    throw smtpFailure(error, progress, signal)
  } finally {
    connection.quit()
    connection.close()
  }
}

async function open({ config, dial, signal }: Way): Promise<SMTPConnection> {
  const { host, port, security, ca, timeoutMs } = config
  const socket = await dial({ host, port, signal })
  return new SMTPConnection({
    connection: socket,
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
    // The hub's own deadline ends it earlier.
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    maxResponseSize: 65_536,
    logger: false,
  })
}

async function begin(connection: SMTPConnection, { user, password }: Config): Promise<void> {
  await done((callback) => connection.connect(callback))
  if (user === undefined || password === undefined) return
  await done((callback) => connection.login({ user, pass: password }, callback))
}

async function send(
  connection: SMTPConnection,
  { from, to, raw }: Mail,
  progress: Progress,
): Promise<string | null> {
  // Read when the server has said that it takes the text, and not before.
  const text = new Readable({
    read() {
      progress.isSent = true
      this.push(raw)
      this.push(null)
    },
  })
  const info = await new Promise<{ serverMessageId?: string | undefined }>((resolve, reject) => {
    connection.send({ from, to: [to] }, text, (error, sent) => {
      if (error) reject(error)
      else resolve(sent ?? {})
    })
  })
  return info.serverMessageId ?? null
}

function done(act: (callback: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    act((error) => {
      if (error) reject(error)
      else resolve()
    })
  })
}
