import { z } from 'zod'

/** What a receiver may answer a command with. Everything else in the answer is ignored. */
export const acknowledgement = z.object({
  externalId: z.string().trim().min(1).max(200),
})
