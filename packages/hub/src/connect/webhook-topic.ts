import type { Connector, Webhook } from '@backhaul/sdk/connector'

const topicPattern = /^[a-z0-9][a-z0-9._-]{0,99}$/

/** Whether messages can have this topic. */
export function isTopic(topic: string): boolean {
  return topicPattern.test(topic)
}

/** The webhook that takes a topic. */
interface TopicWebhook {
  readonly webhook: Webhook
  /** The connector does not know the topic by name: it takes any. */
  readonly isAnyTopic: boolean
}

/** Finds who takes a topic: the webhook of that name, or else the one for all others. Null where nobody does. */
export function findTopicWebhook(
  { webhooks }: Pick<Connector, 'webhooks'>,
  topic: string,
): TopicWebhook | null {
  if (!isTopic(topic)) return null
  const isAnyTopic = !Object.hasOwn(webhooks, topic)
  const webhook = webhooks[isAnyTopic ? '*' : topic]
  return webhook === undefined ? null : { webhook, isAnyTopic }
}
