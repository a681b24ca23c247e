export { changes } from './poll.ts'
export { presence } from './presence.ts'
export { webhooks } from './webhook.ts'
