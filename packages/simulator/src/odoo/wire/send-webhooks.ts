import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Webhook } from '../automation.ts'
import type { Faults } from '../faults/faults.ts'

/** How long Odoo waits for the receiver of a webhook. */
const timeoutMs = 1000

/**
 * Sends webhooks one after another, each once: what fails or takes too long is forgotten. Whoever
 * made the call that set them off waits for them.
 */
export async function sendWebhooks(webhooks: readonly Webhook[], faults: Faults): Promise<void> {
  for (const webhook of webhooks) {
    const fault = faults.nextForWebhook()
    if (fault?.kind === 'lose') continue
    if (fault?.kind === 'delay') await sleep(fault.ms ?? timeoutMs)
    await sendOnce(webhook)
    if (fault?.kind === 'duplicate') await sendOnce(webhook)
  }
}

function sendOnce({ url, body }: Webhook): Promise<void> {
  return new Promise((resolve) => {
    const outgoing = request(url, {
      method: 'POST',
      headers: {
        'user-agent': 'python-requests/2.28.1',
        'accept-encoding': 'gzip, deflate',
        accept: '*/*',
        connection: 'keep-alive',
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
      timeout: timeoutMs,
    })
    const over = (): void => {
      clearTimeout(limit)
      resolve()
    }
    const limit = setTimeout(() => outgoing.destroy(), timeoutMs)
    outgoing.on('response', (response) => {
      response.resume()
      response.on('end', over).on('error', over)
    })
    outgoing.on('error', over).on('close', over)
    outgoing.end(body)
  })
}
