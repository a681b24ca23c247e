/**
 * Adds to package-lock.json the platform packages that npm left out of it.
 *
 * npm writes an optional package into the lockfile only when the registry it asked served it. A
 * mirror that lacks one platform's binary, or an install on one platform over an existing
 * node_modules, leaves a lockfile that `npm ci` then refuses ("Missing: … from lock file"). The
 * parent pins each of these packages exactly, and os, cpu and libc are in its name, so that the
 * entry can be written without the registry. Run it after `npm install` changed a version.
 *
 * node scripts/complete-lockfile.mjs [--check]
 */
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const operatingSystems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64']

/** `binding-linux-arm-musleabihf` → os linux, cpu arm, libc musl. */
export function platformOf(name) {
  const words = name.split(/[/-]/)
  const os = words.find((word) => operatingSystems.includes(word))
  const cpu = words.find((word) => processors.includes(word))
  if (!os || !cpu) return null
  const libc = words.some((word) => word.startsWith('musl'))
    ? { libc: ['musl'] }
    : words.some((word) => word.startsWith('gnu'))
      ? { libc: ['glibc'] }
      : {}
  return { os: [os], cpu: [cpu], ...libc }
}

/** The entries that `packages`, the lockfile's table, lacks; a name that tells no platform is an error. */
export function missingEntries(packages) {
  const missing = {}
  for (const [parentPath, parent] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`
      if (packages[path] || packages[`${parentPath}/${path}`]) continue
      const platform = platformOf(name)
      if (!platform || !/^\d+\.\d+\.\d+/.test(version)) {
        throw new Error(
          `package-lock.json lacks ${name}@${version}, and no platform can be read off its name`,
        )
      }
      const { cpu, libc, os } = platform
      missing[path] = {
        version,
        cpu,
        ...(parent.dev ? { dev: true } : {}),
        ...(libc ? { libc } : {}),
        ...(parent.license ? { license: parent.license } : {}),
        optional: true,
        os,
      }
    }
  }
  return missing
}

if (
  process.argv[1] &&
  import.meta.url.endsWith('/complete-lockfile.mjs') &&
  process.argv[1].endsWith('complete-lockfile.mjs')
) {
  const lockfile = JSON.parse(readFileSync(file, 'utf8'))
  const missing = missingEntries(lockfile.packages)
  const names = Object.keys(missing)
  if (names.length > 0 && process.argv.includes('--check')) {
    console.error(
      `package-lock.json lacks ${names.length} platform packages; run: node scripts/complete-lockfile.mjs`,
    )
    process.exit(1)
  }
  if (names.length > 0) {
    const [root, ...rest] = Object.entries({ ...lockfile.packages, ...missing })
    rest.sort(([a], [b]) => a.localeCompare(b, 'en'))
    lockfile.packages = Object.fromEntries([root, ...rest])
    writeFileSync(file, `${JSON.stringify(lockfile, null, 2)}\n`)
  }
  console.log(`${names.length} platform packages added to package-lock.json`)
}
