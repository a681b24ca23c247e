import type { DoubleAnswer } from './request.ts'
import type { Route } from './routes.ts'

/** Answers a repeated key with what it was answered before, for a while. */
export class KeyMemory {
  readonly #keptMs: number
  readonly #now: () => Date
  readonly #answers = new Map<string, { readonly answer: DoubleAnswer; readonly atMs: number }>()

  constructor(keptMs: number, now: () => Date) {
    this.#keptMs = keptMs
    this.#now = now
  }

  guard([method, path, handle]: Route): Route {
    if (method === 'GET') return [method, path, handle]
    return [
      method,
      path,
      async (request) => {
        const key = String(request.headers['idempotency-key'] ?? '')
        if (key.length > 128)
          return { status: 400, body: { Message: 'Idempotency-Key is too long' } }
        const known = this.#answers.get(key)
        const nowMs = this.#now().getTime()
        if (key !== '' && known !== undefined && nowMs - known.atMs < this.#keptMs)
          return known.answer
        const answer = await handle(request)
        if (key !== '' && answer.status === 200) this.#answers.set(key, { answer, atMs: nowMs })
        return answer
      },
    ]
  }
}
