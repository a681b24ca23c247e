import { readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

import { filesBelow } from './paths.mjs'

const isSource = (path) => /\.(ts|js|mjs|sql|html|css|ya?ml)$/.test(path)
const isProduct = (path) => isSource(path) && !path.endsWith('.test.ts')
const isTest = (path) =>
  (/\.test\.(ts|mjs)$/.test(path) || path.includes('/test/')) &&
  !path.startsWith('scripts/fixtures/')

/** Words that must not stand somewhere, and why. What the linter cannot say is said here. */
export const forbidden = [
  {
    name: 'vendor',
    below: ['packages/hub/src'],
    isMeant: () => true,
    pattern: /odoo|shopify|zendesk/i,
    why: 'the hub names no vendor; what a system needs stands in its connector',
  },
  {
    name: 'impure',
    below: ['packages/hub/src/domain', 'packages/hub/src/mapping'],
    isMeant: isProduct,
    pattern:
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.now\(|\bfetch\(|\bset(Timeout|Interval|Immediate)\(/,
    why: 'the core is pure: time and chance are arguments',
  },
  {
    name: 'case writer',
    below: ['packages/hub/src'],
    isMeant: (path) => isProduct(path) && !/\/src\/(store|pipeline\/process)\//.test(path),
    pattern:
      /\b(insertCases|updateCases|insertCaseEvents)\b|\b(insert into|update|delete from) (return_case|case_event|quantity_ledger|money_ledger)\b/i,
    why: 'only process writes cases: what changes one is a message',
  },
  {
    name: 'call in transaction',
    below: ['packages/hub/src/store', 'packages/hub/src/pipeline/process'],
    isMeant: isProduct,
    pattern: /\bfetch(For)?\(|\.deliver\(|from '(undici|node:https?|node:net)'/,
    why: 'what runs in a transaction waits for no other system',
  },
  {
    name: 'hidden import',
    below: [
      'packages/hub/src',
      'packages/sdk/src',
      'packages/connectors/src',
      'packages/simulator/src',
    ],
    // main.ts may import everything, and loads what a command needs when it is asked for.
    isMeant: (file) => isSource(file) && !file.endsWith('packages/hub/src/main.ts'),
    pattern: /\bimport\(\s*['"`](\.\.\/|@backhaul\/)/,
    why: 'the layer rules see import statements only',
  },
  {
    name: 'only',
    below: ['packages', 'scripts'],
    isMeant: isTest,
    pattern: /\b(test|it|describe|suite)\.only\(|\bonly: true\b/,
    why: 'the other tests would not run',
  },
  {
    name: 'unfinished',
    below: ['packages', 'docs'],
    isMeant: (path) => isSource(path) || path.endsWith('.md'),
    pattern: /\b(TODO|FIXME|XXX)\b/,
    why: 'what is not done is not in the tree',
  },
]

/** Every line below `base` that breaks a rule: `{ rule, file, line, why }`. */
export function findForbidden(base) {
  return [...findUnplaced(base), ...findLines(base)]
}

/** The first file of every folder of the hub that has no place among the layers: no layer rule would see it. */
function findUnplaced(base) {
  const config = readFileSync(join(base, '.oxlintrc.json'), 'utf8')
  const found = new Map()
  for (const file of filesBelow(join(base, 'packages/hub/src'))) {
    const path = relative(base, file).split(sep).join('/')
    const folder = /^packages\/hub\/src\/[^/]+\//.exec(path)?.[0]
    if (!folder || found.has(folder) || config.includes(`**/${folder}**`)) continue
    found.set(folder, {
      rule: 'unplaced',
      file: path,
      line: 1,
      why: 'give its folder a place in .oxlintrc.json',
    })
  }
  return [...found.values()]
}

function findLines(base) {
  return forbidden.flatMap((rule) =>
    rule.below
      .flatMap((folder) => filesBelow(join(base, folder)))
      .map((file) => relative(base, file).split(sep).join('/'))
      .filter((path) => rule.isMeant(path))
      .flatMap((path) => findInFile(base, { path, rule })),
  )
}

function findInFile(base, { path, rule }) {
  return readFileSync(join(base, path), 'utf8')
    .split('\n')
    .flatMap((text, index) =>
      rule.pattern.test(text)
        ? [{ rule: rule.name, file: path, line: index + 1, why: rule.why }]
        : [],
    )
}
