import { createHmac } from 'node:crypto'
import type { HttpDouble, Route } from '../double/index.ts'

interface Hook {
  readonly id: string
  readonly object: 'Webhook'
  readonly mode: 'test'
  readonly url: string
  readonly disabled_at: null
}

/** The addresses that an account is told at. */
export class Hooks {
  sender: HttpDouble['webhooks'] | null = null
  #hooks: Hook[] = []
  #count = 0

  routes(): Route[] {
    return [
      ['GET', '/v2/webhooks', () => ({ status: 200, body: { webhooks: this.#hooks } })],
      ['POST', '/v2/webhooks', (request) => ({ status: 201, body: this.#add(request.json()) })],
      ['DELETE', '/v2/webhooks/:id', ({ params }) => this.#remove(params['id'] ?? '')],
    ]
  }

  /** Without a secret webhooks go unsigned. The key is the secret in its compatibility decomposition. */
  #add(input: unknown): Hook {
    const { webhook } = input as { readonly webhook: { url: string; webhook_secret?: string } }
    const { url, webhook_secret: secret } = webhook
    this.#count += 1
    const id = `hook_${String(this.#count).padStart(32, '0')}`
    const hook: Hook = { id, object: 'Webhook', mode: 'test', url, disabled_at: null }
    this.#hooks.push(hook)
    this.sender?.subscribe({
      url,
      sign: (body): Record<string, string> => {
        if (secret === undefined) return {}
        const digest = createHmac('sha256', secret.normalize('NFKD')).update(body).digest('hex')
        return { 'x-hmac-signature': `hmac-sha256-hex=${digest}` }
      },
    })
    return hook
  }

  #remove(id: string) {
    const gone = this.#hooks.find((hook) => hook.id === id)
    this.#hooks = this.#hooks.filter((hook) => hook !== gone)
    if (gone) this.sender?.unsubscribe(gone.url)
    return gone
      ? { status: 200, body: {} }
      : { status: 404, body: { error: { code: 'NOT_FOUND' } } }
  }
}
