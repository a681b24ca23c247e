import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

import { runChild } from './child.mjs'
import { filesBelow, packageFolders } from './paths.mjs'

/**
 * Says whether dist/ was built from the sources as they are: same files, sizes and times of change.
 * A file that was taken away or put back older than it was counts as a change too.
 */
export function isBuilt(base) {
  if (!packageFolders(base).every((folder) => existsSync(join(folder, 'dist')))) return false
  return existsSync(stampFile(base)) && readFileSync(stampFile(base), 'utf8') === fingerprint(base)
}

/**
 * Builds every package into its dist/: types checked, TypeScript compiled, the other files copied; the console
 * is bundled.
 *
 * @throws {Error} where the compiler finds an error; what it found is on stderr.
 */
export async function build(base, { say, onStart }) {
  say('building')
  const startedAt = Date.now()
  rmSync(stampFile(base), { force: true })
  const built = fingerprint(base)
  const compiled = packageFolders(base).filter((folder) => !isBundled(folder))
  for (const folder of compiled) tidyOutput(folder)
  const compiler = join(base, 'node_modules', 'typescript', 'bin', 'tsc')
  const code = await runChild(process.execPath, [compiler, '-b', 'tsconfig.build.json'], {
    cwd: base,
    onStart,
    stdio: ['ignore', process.stderr, process.stderr],
  })
  if (code !== 0) throw new Error('the build failed; the compiler says why above')
  for (const folder of compiled) copyAssets(folder)
  for (const folder of packageFolders(base).filter(isBundled))
    await bundle(base, { folder, onStart })
  writeFileSync(stampFile(base), built)
  say(`built in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`)
}

/** A package that a browser runs has a configuration for the bundler in the place of one for the compiler. */
function isBundled(folder) {
  return existsSync(bundlerConfig(folder))
}

function bundlerConfig(folder) {
  return join(folder, 'vite.config.ts')
}

async function bundle(base, { folder, onStart }) {
  const bundler = join(base, 'node_modules', 'vite', 'bin', 'vite.js')
  const args = [bundler, 'build', '--config', bundlerConfig(folder), '--logLevel', 'warn']
  const code = await runChild(process.execPath, args, {
    cwd: folder,
    onStart,
    stdio: ['ignore', process.stderr, process.stderr],
  })
  if (code !== 0) throw new Error('the console could not be bundled; the bundler says why above')
}

function fingerprint(base) {
  const files = ['package-lock.json', 'tsconfig.base.json', 'tsconfig.build.json'].map((name) =>
    join(base, name),
  )
  for (const folder of packageFolders(base)) {
    const config = isBundled(folder) ? bundlerConfig(folder) : join(folder, 'tsconfig.build.json')
    files.push(join(folder, 'package.json'), config)
    files.push(...filesBelow(join(folder, 'src')).filter((file) => !file.endsWith('.test.ts')))
  }
  const hash = createHash('sha256').update(`node ${process.versions.node}\n`)
  for (const file of files) {
    const { size, mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { size: -1, mtimeMs: 0 }
    hash.update(`${relative(base, file)} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

/** Takes away what a source that is gone has left behind, and has the compiler write again what somebody took away. */
function tidyOutput(folder) {
  const output = join(folder, 'dist')
  for (const file of filesBelow(output)) {
    const name = relative(output, file)
    const stem = join(folder, 'src', name.replace(/(\.d\.ts|\.js)(\.map)?$/, ''))
    const isKept =
      name.startsWith('.') || existsSync(`${stem}.ts`) || existsSync(join(folder, 'src', name))
    if (!isKept) rmSync(file)
  }
  const sources = filesBelow(join(folder, 'src')).filter((file) => /(?<!\.test)\.ts$/.test(file))
  const isWhole = sources.every((file) =>
    existsSync(join(output, relative(join(folder, 'src'), file).replace(/\.ts$/, '.js'))),
  )
  if (!isWhole) rmSync(join(output, '.tsbuildinfo'), { force: true })
}

function copyAssets(folder) {
  const source = join(folder, 'src')
  for (const file of filesBelow(source)) {
    const name = relative(source, file)
    if (/\.(ts|md)$/.test(name) || name.split(sep).includes('fixtures')) continue
    const target = join(folder, 'dist', name)
    mkdirSync(dirname(target), { recursive: true })
    copyFileSync(file, target)
  }
}

function stampFile(base) {
  return join(base, 'packages', 'hub', 'dist', '.built')
}
