import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { root } from './paths.mjs'
import { sourceFlags } from './source.mjs'

const program = 'packages/hub/test/support/server.ts'
const startLimitMs = 120_000
const stopLimitMs = 20_000

/**
 * Starts the PostgreSQL server that a test run shares. The program prints one JSON line,
 * `{"url": "…"}`, an administrator's connection, when it is ready, and ends on SIGTERM or when its
 * stdin closes, so that it does not outlive a run that was killed.
 *
 * @returns its `url`, and `stop()`.
 * @throws {Error} where it does not become ready; its last words are on stderr.
 */
export async function startTestServer() {
  if (!existsSync(join(root, program))) throw new Error(`there is no ${program}`)
  const child = spawn(process.execPath, [...sourceFlags, join(root, program)], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const endChild = () => child.kill('SIGTERM')
  process.once('exit', endChild)
  const ended = new Promise((resolve) => {
    child.once('close', resolve)
  })
  const url = await firstUrl(child, ended)
  const stop = async () => {
    process.removeListener('exit', endChild)
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
    await ended
    clearTimeout(timer)
  }
  return { url, stop }
}

async function firstUrl(child, ended) {
  const failed = new Promise((_resolve, reject) => {
    child.once('error', reject)
    void ended.then((code) =>
      reject(new Error(`${program} ended before it was ready (exit code ${code})`)),
    )
    setTimeout(() => reject(new Error(`${program} was not ready in time`)), startLimitMs).unref()
  })
  const ready = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => {
      try {
        resolve(JSON.parse(line).url)
      } catch {
        reject(new Error(`${program} printed what is no JSON: ${line}`))
      }
    })
  })
  try {
    return await Promise.race([ready, failed])
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}
