import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { missingEntries } from './complete-lockfile.mjs'

describe('completing the lockfile', () => {
  test('adds the platform packages that npm left out, with their platform read off their name', () => {
    const packages = {
      'node_modules/linter': {
        version: '1.2.3',
        dev: true,
        license: 'MIT',
        optionalDependencies: {
          '@linter/linux-x64': '1.2.3',
          '@linter/linux-arm-musleabihf': '1.2.3',
        },
      },
      'node_modules/@linter/linux-x64': { version: '1.2.3' },
    }
    assert.deepEqual(missingEntries(packages), {
      'node_modules/@linter/linux-arm-musleabihf': {
        version: '1.2.3',
        cpu: ['arm'],
        dev: true,
        libc: ['musl'],
        license: 'MIT',
        optional: true,
        os: ['linux'],
      },
    })
  })

  test('adds nothing to a lockfile that is whole', () => {
    assert.deepEqual(missingEntries({ 'node_modules/a': { version: '1.0.0' } }), {})
  })

  test('refuses what it would have to guess: a version range, or a name without a platform', () => {
    const withOptional = (optionalDependencies) => ({ 'node_modules/a': { optionalDependencies } })
    assert.throws(() => missingEntries(withOptional({ '@a/linux-x64': '^1.0.0' })))
    assert.throws(() => missingEntries(withOptional({ fsevents: '2.3.3' })))
  })
})
