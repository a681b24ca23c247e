import { z } from 'zod'

/** What `npm start` tells the demo, as one JSON argument. */
export const demoOptions = z.strictObject({
  returns: z.int().min(1).max(2_000).default(300),
  /** Steps of new returns a second, once the seed is there; 0 for none. */
  pace: z.number().min(0).max(20).default(1),
  chaos: z.boolean().default(false),
  seed: z.int().default(1),
})

export type DemoOptions = z.infer<typeof demoOptions>
