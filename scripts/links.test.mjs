import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'

import { filesBelow, root } from './lib/paths.mjs'

const anchorOf = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9_ -]/g, '')
    .replaceAll(' ', '-')

/** The text without its code, in which brackets are no links. */
function proseOf(file) {
  return readFileSync(file, 'utf8').replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, '')
}

function deadLinks(file) {
  return [...proseOf(file).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path, anchor] = link.split('#')
      const target = path === '' ? file : join(dirname(file), path)
      if (!existsSync(target)) return true
      if (anchor === undefined) return false
      const headings = [...readFileSync(target, 'utf8').matchAll(/^#+ (.*)$/gm)]
      return !headings.some(([, heading]) => anchorOf(heading) === anchor)
    })
    .map((link) => `${relative(root, file)}: ${link}`)
}

test('every link between the documents leads somewhere', () => {
  const files = filesBelow(root).filter((file) => file.endsWith('.md'))
  assert.ok(files.length > 20)
  assert.deepEqual(files.flatMap(deadLinks), [])
})
