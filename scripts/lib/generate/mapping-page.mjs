import { functionTable } from '../../../packages/hub/src/mapping/functions/function-table.ts'
import { vocabularies } from '../../../packages/hub/src/mapping/vocabularies.ts'
import { code, page, table } from './markdown.mjs'

/** What expressions of mapping documents can call, and what words they can look up. */
export function mappingPage() {
  return page('Mapping documents: functions and vocabularies', [
    'How a document is written: [write a mapping](../how-to/write-a-mapping.md).',
    '## Functions',
    'Beside the operators and functions of CEL (`&&`, `||`, `?:`, `in`, `has()`, `size()`, `string()`, `int()`, `double()`, `exists()`, `all()`, `map()`, `filter()`, `matches()` with RE2 patterns, `.?field.orValue(x)`).',
    table(
      ['Function', 'What it does', 'Example'],
      functionTable.map(({ signatures, does, example }) => [
        signatures.map(code).join('<br>'),
        does,
        `${code(example.expression)} → ${code(example.result)}`,
      ]),
    ),
    '## Vocabularies',
    table(
      ['Name', 'What it is about', 'Canonical values'],
      Object.entries(vocabularies).map(([name, { title, values }]) => [
        code(name),
        title,
        values === null ? 'any text' : [...values.keys()].map(code).join(', '),
      ]),
    ),
  ])
}
