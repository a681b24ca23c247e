import { randomInt } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { HubError } from '../errors.ts'

/** The library's name for argon2id, which it exports as a constant that this compiler cannot read. */
const argon2id = 2
/** The OWASP password storage cheat sheet's second choice for argon2id: 19 MiB, two passes, one lane. */
const cost = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Each hash takes 19 MiB while it runs: a flood of tries must not take the hub's memory. */
const atOnce = 2
const mostWaiting = 30

export const minPasswordLength = 12
/** Longer ones only make work. */
export const maxPasswordLength = 200

/** Hashes and checks passwords, a few at a time. */
export interface Passwords {
  /** @throws {HubError} OVERLOADED when too many wait. */
  readonly hash: (password: string) => Promise<string>
  /** Takes as long for somebody who has no password (`null`), and says no. @throws {HubError} OVERLOADED. */
  readonly isRight: (password: string, hash: string | null) => Promise<boolean>
}

export function createPasswords(): Passwords {
  let running = 0
  const waiting: (() => void)[] = []
  // Of a password that nobody has, so that checking it costs what any other costs.
  const nobodys = hash(readablePassword(), cost)

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= atOnce) {
      if (waiting.length >= mostWaiting) {
        throw new HubError('OVERLOADED', 'Too many people are signing in at this moment.', {
          retryAfterSeconds: 2,
        })
      }
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
      })
    } else {
      running += 1
    }
    try {
      return await work()
    } finally {
      // Whoever waits takes over this place; the count stays.
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }

  return {
    hash: (password) => inTurn(() => hash(password, cost)),
    isRight: (password, known) =>
      inTurn(async () => {
        const isSame = await verify(known ?? (await nobodys), password)
        return isSame && known !== null
      }),
  }
}

const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
const groups = 5
const groupLength = 4

function randomGroup(): string {
  return Array.from({ length: groupLength }, () => letters[randomInt(letters.length)]).join('')
}

/** A random password that can be read out and typed: five groups of four, 99 bits. */
export function readablePassword(): string {
  return Array.from({ length: groups }, randomGroup).join('-')
}
