import { z } from 'zod'
import type { MappingTrial } from '../../pipeline/try-mapping.ts'
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

export function trialView(trial: MappingTrial): z.infer<typeof mappingTrial> {
  const { direction, problems, examples } = trial
  return {
    direction,
    problems: problems.map(problemView),
    examples: examples.map(exampleView),
    elsewhere: trial.elsewhere.map(({ name, line }) => ({ name, line })),
    reading: trial.reading && {
      events: [...trial.reading.events],
      code: trial.reading.code,
      problems: trial.reading.problems.map(({ pointer, message }) => ({ pointer, message })),
      unmapped: trial.reading.unmapped.map(({ vocabulary, value }) => ({ vocabulary, value })),
    },
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
