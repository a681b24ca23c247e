import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Calls } from '../calls.ts'
import type { FaultRule, Faults, WebhookRule } from '../faults/faults.ts'
import { isObject } from '../orm/rows.ts'
import type { TestAccess } from '../test-access.ts'
import { type Answer, jsonAnswer } from './answer.ts'
import type { Keys } from './keys.ts'
import { sendAnswer } from './send-answer.ts'

/** What can be seen and steered from outside. */
export interface Controlled {
  readonly calls: Calls
  readonly faults: Faults
  readonly keys: Keys
  readonly db: TestAccess
  /** The integration user's key. */
  readonly key: string
}

/** Says whether a request is for the double and not for Odoo. */
export const isControl = (incoming: IncomingMessage): boolean =>
  incoming.url?.startsWith('/_control/') ?? false

/**
 * `/_control/…`, in JSON, for other processes:
 *
 * - `GET calls`, `DELETE calls`
 * - `POST faults` with a fault rule, `POST webhook-faults`, `DELETE faults`, `POST chance` with `{seed}`
 * - `POST keys/revoke`, `POST keys/restore`: the integration user's key
 * - `POST records` with `{model, domain, fields}`
 */
export async function answerControl(
  controlled: Controlled,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  const sent: unknown = text === '' ? {} : JSON.parse(text)
  const path = (incoming.url ?? '').slice('/_control/'.length)
  const body = isObject(sent) ? sent : {}
  await sendAnswer(response, answer(controlled, `${incoming.method} ${path}`, body), null)
}

function answer(
  { calls, faults, keys, db, key }: Controlled,
  route: string,
  body: Readonly<Record<string, unknown>>,
): Answer {
  const done = jsonAnswer(200, { done: true })
  switch (route) {
    case 'GET calls':
      return jsonAnswer(200, {
        byName: calls.byName(),
        total: calls.total(),
        mostAtOnce: calls.mostAtOnce(),
      })
    case 'DELETE calls':
      calls.reset()
      return done
    case 'POST faults':
      faults.add(body as unknown as FaultRule)
      return done
    case 'POST webhook-faults':
      faults.addForWebhooks(body as unknown as WebhookRule)
      return done
    case 'DELETE faults':
      faults.clear()
      return done
    case 'POST chance':
      faults.seed(Number(body['seed']))
      return done
    case 'POST keys/revoke':
      keys.revoke(key)
      return done
    case 'POST keys/restore':
      keys.restore()
      return done
    case 'POST records': {
      const { model, domain = [], fields = [] } = body
      return jsonAnswer(200, db.read(String(model), domain as unknown[], fields as string[]))
    }
    default:
      return jsonAnswer(404, { error: `no control ${route}` })
  }
}
