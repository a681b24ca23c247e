import { z } from 'zod'

/* What is read of Stripe's answers; the rest is let through. */

export const refund = z.looseObject({
  id: z.string().regex(/^\w{1,100}$/),
  amount: z.int(),
  currency: z.string(),
  status: z.string().nullish(),
  failure_reason: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
})
export type Refund = z.output<typeof refund>

export const refunds = z.looseObject({ data: z.array(refund), has_more: z.boolean() })

export const found = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) })

export const event = z.looseObject({
  id: z.string().regex(/^[\x20-\x7e]{1,200}$/),
  type: z.string(),
  created: z.int(),
  data: z.looseObject({ object: z.looseObject({ object: z.string().optional() }) }),
})

export const events = z.looseObject({ data: z.array(event), has_more: z.boolean() })

export const failure = z.looseObject({
  error: z.looseObject({ type: z.string().optional(), code: z.string().optional() }),
})
