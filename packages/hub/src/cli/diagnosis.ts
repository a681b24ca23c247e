/** What a look at one thing came to. */
export interface Diagnosis {
  readonly check: string
  /** `warn`: it works, but somebody should know. `skip`: something before it has to work first. */
  readonly status: 'ok' | 'warn' | 'fail' | 'skip'
  /** What was seen, in a few words. */
  readonly detail: string
  /** What to do about it. */
  readonly advice?: string
}

/** A look at one thing, without its name. */
export type Verdict = Omit<Diagnosis, 'check'>

export const ok = (detail: string): Verdict => ({ status: 'ok', detail })

export const skip = (detail: string): Verdict => ({ status: 'skip', detail })

export const warn = (detail: string, advice: string): Verdict => ({
  status: 'warn',
  detail,
  advice,
})

export const fail = (detail: string, advice: string): Verdict => ({
  status: 'fail',
  detail,
  advice,
})
