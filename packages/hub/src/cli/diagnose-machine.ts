import { stat, statfs } from 'node:fs/promises'
import type { HubConfig } from '../platform/config/schema.ts'
import { isSystemError } from '../platform/private-files.ts'
import { fail, ok, skip, type Verdict, warn } from './diagnosis.ts'

const mebibyte = 1_048_576
const tightBytes = 2_048 * mebibyte
const fullBytes = 256 * mebibyte

/** Whether the data folder is there, closed to others, and has room. */
export async function diagnoseDataDir({ dataDir }: HubConfig): Promise<Verdict> {
  try {
    const { mode } = await stat(dataDir)
    // Others may pass through where the hub runs as root: its database lives below under another account.
    if (process.platform !== 'win32' && (mode & 0o066) !== 0) {
      return warn(`others can read ${dataDir}`, `Close it with: chmod go-rw "${dataDir}"`)
    }
    const { bavail, bsize } = await statfs(dataDir)
    return diagnoseRoom(dataDir, bavail * bsize)
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return skip(`${dataDir} is made at the first start`)
    return fail((error as Error).message, 'Run this as the user that the hub runs as.')
  }
}

function diagnoseRoom(dataDir: string, freeBytes: number): Verdict {
  const free = `${Math.round(freeBytes / mebibyte)} MiB free`
  const advice = 'Make room, or move the data folder.'
  if (freeBytes < fullBytes) return fail(`${dataDir}, ${free}`, advice)
  return freeBytes < tightBytes ? warn(`${dataDir}, ${free}`, advice) : ok(`${dataDir}, ${free}`)
}

const answerWithinMs = 3_000

/** Whether the hub answers where others are told to reach it. */
export async function diagnoseAddress({ publicUrl, host, port }: HubConfig): Promise<Verdict> {
  const here = `http://${host === '0.0.0.0' || host === '::' ? 'localhost' : host}:${port}`
  const url = new URL('/readyz', publicUrl ?? here)
  try {
    const signal = AbortSignal.timeout(answerWithinMs)
    const response = await fetch(url, { signal, redirect: 'manual' })
    await response.body?.cancel()
    if (response.status === 200) return ok(`${url.href} is ready`)
    return warn(`${url.href} answers ${response.status}`, 'Look at the log of the hub.')
  } catch {
    return warn(
      `${url.href} does not answer`,
      'Start the hub, or correct BACKHAUL_PUBLIC_URL and the proxy.',
    )
  }
}
