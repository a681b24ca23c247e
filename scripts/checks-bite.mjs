/**
 * Proves that the checks see what they are there to see.
 *
 * Each folder of fixtures is a small tree that breaks rules on purpose. It is copied to where this
 * project's own configuration lies around it, checked by the same program, and what was found must
 * be what was meant: the lines marked `breaks RULE`, no more and no less.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative, sep } from 'node:path'

import { findForbidden, forbidden } from './lib/forbidden-words.mjs'
import { filesBelow, packageFolders, root } from './lib/paths.mjs'

const configuration = [
  '.oxlintrc.json',
  'biome.json',
  'knip.json',
  'package.json',
  'tsconfig.base.json',
  'tsconfig.json',
]
const bin = (name) => join(root, 'node_modules', '.bin', name)

/** Runs `check` in a copy of the fixtures called `name` that has the project's configuration. */
function inCopy(name, check) {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'backhaul-checks-'))
  try {
    for (const file of configuration) cpSync(join(root, file), join(folder, file))
    for (const path of packageFolders().map((one) => relative(root, one))) {
      cpSync(join(root, path, 'tsconfig.json'), join(folder, path, 'tsconfig.json'))
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
    cpSync(join(root, 'scripts', 'fixtures', name), folder, { recursive: true })
    check(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What a program prints, whether it fails (as it should here) or not. */
function outputOf(folder, [program, ...args]) {
  try {
    return execFileSync(program, args, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  } catch (error) {
    if (typeof error.stdout !== 'string') throw error
    return error.stdout
  }
}

/** The lines marked `breaks RULE`, as `file:line RULE`. */
function meant(folder) {
  return filesBelow(folder).flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((text, index) => {
        const rule = / breaks (.+)$/.exec(text)?.[1]
        const path = relative(folder, file).split(sep).join('/')
        return rule ? [`${path}:${index + 1} ${rule}`] : []
      }),
  )
}

/** Fails unless both are the same, as often as each stands there. */
function sameFindings(found, expected) {
  assert.ok(expected.length > 0, 'the fixtures mark nothing')
  const missed = without(expected, found).map((line) => `\n  not seen:  ${line}`)
  const surplus = without(found, expected).map((line) => `\n  not meant: ${line}`)
  assert.equal(missed.length + surplus.length, 0, [...missed, ...surplus].join(''))
  return expected.length
}

function without(lines, others) {
  const left = [...others]
  return lines.filter((line) => {
    const index = left.indexOf(line)
    if (index >= 0) left.splice(index, 1)
    return index < 0
  })
}

function lintBites(folder) {
  const { diagnostics } = JSON.parse(
    outputOf(folder, [bin('oxlint'), '--type-aware', '-f', 'json']),
  )
  const found = diagnostics.map(
    ({ filename, code, labels }) => `${filename}:${labels[0].span.line} ${code}`,
  )
  const expected = meant(folder)
  const config = readFileSync(join(root, '.oxlintrc.json'), 'utf8').replaceAll(/^\s*\/\/.*$/gm, '')
  for (const [rule, setting] of Object.entries(JSON.parse(config).rules)) {
    const code = rule.includes('/') ? rule.replace('/', '(') : `eslint(${rule}`
    const isOn = [setting].flat()[0] === 'error'
    assert.equal(
      expected.some((line) => line.endsWith(` ${code})`)),
      isOn,
      `${rule} has a fixture`,
    )
  }
  return sameFindings(found, expected)
}

function typesBite(folder) {
  const found = outputOf(folder, [bin('tsc'), '-p', 'tsconfig.json', '--pretty', 'false'])
    .split('\n')
    .flatMap((line) => {
      const [, file, number, code] = /^(\S+?)\((\d+),\d+\): error (TS\d+)/.exec(line) ?? []
      return file ? [`${file}:${number} ${code}`] : []
    })
  return sameFindings(found, meant(folder))
}

function formatBites(folder) {
  const output = outputOf(folder, [bin('biome'), 'check', '--reporter=json', '.'])
  const { diagnostics } = JSON.parse(output)
  const found = diagnostics.map(({ category, location }) => {
    const path = location.path.file ?? location.path
    return `${basename(path)} ${category}`
  })
  return sameFindings(found, ['imports.ts assist/source/organizeImports', 'spacing.ts format'])
}

function deadCodeBites(folder) {
  const { issues } = JSON.parse(outputOf(folder, [bin('knip'), '--reporter', 'json']))
  const found = issues.flatMap(({ file, ...kinds }) =>
    Object.entries(kinds)
      .filter(([, list]) => Array.isArray(list))
      .flatMap(([kind, list]) => list.map(({ name }) => `${file} ${kind} ${name}`)),
  )
  return sameFindings(found, [
    'packages/hub/package.json dependencies pino',
    'packages/hub/src/main.ts unlisted undici',
    'packages/hub/src/orphan.ts files packages/hub/src/orphan.ts',
    'packages/hub/src/part.ts exports neverUsed',
    'packages/hub/src/part.ts types NeverUsed',
  ])
}

function wordsBite(folder) {
  const expected = meant(folder)
  for (const name of ['unplaced', ...forbidden.map((rule) => rule.name)]) {
    assert.ok(
      expected.some((line) => line.endsWith(` ${name}`)),
      `${name} has a fixture`,
    )
  }
  const found = findForbidden(folder).map(({ file, line, rule }) => `${file}:${line} ${rule}`)
  return sameFindings(found, expected)
}

/** What stands in expected.txt is all that old and new cannot share. */
function contractsBite(folder) {
  const output = outputOf(folder, [
    process.execPath,
    join(root, 'scripts', 'check-contracts.mjs'),
    `--root=${folder}`,
  ])
  const expected = readFileSync(join(folder, 'expected.txt'), 'utf8')
  return sameFindings(linesOf(output), linesOf(expected))
}

function linesOf(text) {
  return text.split('\n').filter(Boolean)
}

const checks = {
  lint: lintBites,
  types: typesBite,
  format: formatBites,
  'dead-code': deadCodeBites,
  words: wordsBite,
  contracts: contractsBite,
}

for (const [name, check] of Object.entries(checks)) {
  inCopy(name, (folder) => {
    try {
      console.log(`${name}: ${check(folder)} findings, as meant`)
    } catch (error) {
      console.log(`${name}: ${error.message}`)
      process.exitCode = 1
    }
  })
}
