import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))

async function textsOf(language: string): Promise<Map<string, string>> {
  const names = await readdir(join(folder, language))
  const texts = new Map<string, string>()
  for (const name of names) {
    flatten(JSON.parse(await readFile(join(folder, language, name), 'utf8')), name, texts)
  }
  return texts
}

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  if (typeof value === 'string') {
    into.set(path, value)
    return
  }
  for (const [key, inner] of Object.entries(value as object)) flatten(inner, `${path} ${key}`, into)
}

describe('the texts of the console', () => {
  test('say the same things in every language, with the same places to fill', async () => {
    const [english, german] = await Promise.all([textsOf('en'), textsOf('de')])
    assert.deepEqual([...german.keys()].toSorted(), [...english.keys()].toSorted())
    for (const [path, text] of english) {
      assert.deepEqual(placesIn(german.get(path) ?? ''), placesIn(text), path)
    }
  })

  test('leave nothing empty', async () => {
    for (const language of ['en', 'de']) {
      for (const [path, text] of await textsOf(language)) assert.notEqual(text.trim(), '', path)
    }
  })
})

function placesIn(text: string): string[] {
  return [...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name ?? '').toSorted()
}
