/** Makes every generated file; started by scripts/generate.mjs, on the sources. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

import { warehouseOpenapi } from '../../../packages/connectors/src/rest-warehouse/openapi.ts'
import { filesBelow, root } from '../paths.mjs'
import { asyncapiDocument } from './asyncapi.mjs'
import { cliPage } from './cli-page.mjs'
import { codesPage, exceptionsPage } from './code-pages.mjs'
import { commandsPage, eventsPage } from './contract-pages.mjs'
import { configurationPage, errorsPage, rightsPage, statesPage } from './hub-pages.mjs'
import { jsonSchemaFiles, publishedSchemas } from './json-schemas.mjs'
import { mappingPage } from './mapping-page.mjs'
import { makeOpenapi } from './openapi.mjs'

/** Folders in which everything is generated: what is not made any more goes. */
const owned = ['contracts/json-schema', 'docs/reference']

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const schemas = publishedSchemas()
const files = new Map([
  ...jsonSchemaFiles(schemas),
  ['contracts/asyncapi.json', jsonText(asyncapiDocument(schemas, version))],
  ['contracts/openapi.json', jsonText(await makeOpenapi(version))],
  ['packages/connectors/src/rest-warehouse/openapi.json', jsonText(warehouseOpenapi())],
  ['docs/reference/events.md', eventsPage(schemas.events)],
  ['docs/reference/commands.md', commandsPage(schemas.commands)],
  ['docs/reference/codes.md', codesPage()],
  ['docs/reference/exceptions.md', exceptionsPage()],
  ['docs/reference/configuration.md', configurationPage()],
  ['docs/reference/errors.md', errorsPage()],
  ['docs/reference/states.md', statesPage()],
  ['docs/reference/rights.md', rightsPage()],
  ['docs/reference/mapping.md', mappingPage()],
  ['docs/reference/cli.md', await cliPage(version)],
])

const isCheck = process.argv.includes('--check')
const changed = [...files].filter(([path, text]) => readIfThere(path) !== text)
const surplus = owned
  .flatMap((folder) => filesBelow(join(root, folder)))
  .map((file) => relative(root, file).split(sep).join('/'))
  .filter((path) => !files.has(path))

if (isCheck) {
  for (const [path] of changed) console.log(`${path}: not what node scripts/generate.mjs writes`)
  for (const path of surplus) console.log(`${path}: made by nothing any more`)
  process.exitCode = changed.length + surplus.length > 0 ? 1 : 0
} else {
  for (const [path, text] of changed) write(path, text)
  for (const path of surplus) rmSync(join(root, path))
  console.log(`${changed.length} written, ${surplus.length} removed, ${files.size} in all`)
}

function jsonText(value) {
  return `${JSON.stringify(value, null, 2)}\n`
}

function readIfThere(path) {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null
}

function write(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
