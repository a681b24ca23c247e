/**
 * Imports every test file named on the command line into this one process; node:test runs what
 * they register. A file that cannot be imported is a failed test of its own and stops no other.
 */
import { relative } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

for (const file of process.argv.slice(2)) {
  try {
    await import(pathToFileURL(file).href)
  } catch (error) {
    test(`${relative('.', file)} can be loaded`, () => {
      throw error
    })
  }
}
