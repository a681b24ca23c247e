import { type EventType, eventTypes } from '@backhaul/sdk/canonical'
import { z } from 'zod'

/** Whether a subscription such as `*`, `return.*` or `goods.received` covers an event type. */
export function covers(pattern: string, type: EventType): boolean {
  if (pattern === '*' || pattern === type) return true
  return pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1))
}

/** A pattern that covers something: one that is misspelled would never be noticed. */
export const subscriptionPattern = z
  .string()
  .max(100)
  .refine((pattern) => eventTypes.some((type) => covers(pattern, type)), 'covers no event type')
  .describe('`*`, a group such as `return.*`, or an event type such as `goods.received`.')
