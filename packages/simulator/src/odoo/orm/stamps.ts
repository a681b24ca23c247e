/** The time as Odoo's database keeps it: UTC, microseconds, no zone. */
export class Stamps {
  private readonly now: () => Date
  private lastMicros = 0

  constructor(now: () => Date) {
    this.now = now
  }

  /** The time of a new transaction, later than that of every one before it, by a microsecond at least. */
  next(): string {
    this.lastMicros = Math.max(this.now().getTime() * 1000, this.lastMicros + 1)
    return stampOf(this.lastMicros)
  }
}

function stampOf(micros: number): string {
  const iso = new Date(Math.floor(micros / 1000)).toISOString()
  const rest = String(micros % 1000).padStart(3, '0')
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}${rest}`
}

/** A stamp without its fraction, which is all that Odoo shows of it. */
export const wholeSeconds = (stamp: string): string => stamp.slice(0, 19)

/** The day of a stamp. */
export const dayOf = (stamp: string): string => stamp.slice(0, 10)
