import { z } from 'zod'
import type { MappingTrial } from '../../pipeline/try-mapping.ts'
import { maskCustomer } from '../masking.ts'
import { hideValues, maskBody } from '../personal-payload.ts'
import { text, textOrNull } from './common.ts'
import { documentProblem, problemView } from './documents.ts'

const exampleResult = z.object({
  name: text,
  line: z.int().describe('Where the example stands in the document.'),
  outcome: z.enum(['passed', 'differs', 'failed']),
  reason: textOrNull.describe('Why it could not be run.'),
  differences: z.array(
    z.object({
      pointer: text.describe('RFC 6901.'),
      expected: z.unknown().optional(),
      actual: z.unknown().optional(),
    }),
  ),
})

const reading = z.object({
  events: z.array(z.unknown()).describe('Canonical events, as the pipeline would take them.'),
  code: textOrNull.describe('Why it, or a record of it, cannot be read; null where all can be.'),
  problems: z.array(z.object({ pointer: text, message: text })),
  unmapped: z.array(z.object({ vocabulary: text, value: text })),
})

export const mappingTrial = z
  .object({
    direction: z.enum(['inbound', 'outbound']).nullable().describe('Null where it cannot be told.'),
    problems: z.array(documentProblem).describe('None: the document can be run.'),
    examples: z.array(exampleResult),
    elsewhere: z
      .array(z.object({ name: text, line: z.int() }))
      .describe('Examples whose files lie beside the document: they are not run here.'),
    reading: reading
      .nullable()
      .describe('What the sample comes to; null without one, or where the document cannot read.'),
  })
  .meta({ id: 'MappingTrial', description: 'What a mapping that is being written comes to.' })

/** @param isMasked - whether what is personal in the sample is left out of what comes of it. */
export function trialView(
  trial: MappingTrial,
  { isMasked }: { readonly isMasked: boolean },
): z.infer<typeof mappingTrial> {
  const { direction, problems, examples } = trial
  return {
    direction,
    problems: problems.map(problemView),
    examples: examples.map(exampleView),
    elsewhere: trial.elsewhere.map(({ name, line }) => ({ name, line })),
    reading: trial.reading && readingView(trial.reading, isMasked ? trial.sample : null),
  }
}

function exampleView(
  example: MappingTrial['examples'][number],
): z.infer<typeof mappingTrial>['examples'][number] {
  const { name, line, outcome } = example
  return {
    name,
    line,
    outcome,
    reason: outcome === 'failed' ? example.reason : null,
    differences:
      outcome === 'differs'
        ? example.differences.map(({ pointer, expected, actual }) => ({
            pointer,
            ...(expected === undefined ? {} : { expected }),
            ...(actual === undefined ? {} : { actual }),
          }))
        : [],
  }
}

function readingView(
  { events, code, problems, unmapped }: NonNullable<MappingTrial['reading']>,
  masks: Uint8Array | null,
): z.infer<typeof reading> {
  const view = {
    events: [...events],
    code,
    problems: problems.map(({ pointer, message }) => ({ pointer, message })),
    unmapped: unmapped.map(({ vocabulary, value }) => ({ vocabulary, value })),
  }
  if (masks === null) return view
  const { values = [] } = maskBody(Buffer.from(masks)) ?? {}
  const shown = view.events.map((event) =>
    hideValues({ ...event, data: maskCustomer(event.data) }, values),
  )
  return { ...view, events: shown, problems: view.problems.map((one) => hidden(one, values)) }
}

/** Why something cannot be read may name the value. */
function hidden<Problem extends { readonly message: string }>(
  problem: Problem,
  values: readonly string[],
): Problem {
  return { ...problem, message: String(hideValues(problem.message, values)) }
}
