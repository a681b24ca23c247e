import { spawn } from 'node:child_process'
import { constants } from 'node:os'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a program to its end and says how it ended. What is sent to this process to end it is passed
 * on, and this process ends by the same signal's code once the child is gone.
 *
 * @returns the exit code; 128 + the signal's number where a signal ended the child.
 */
export async function runChild(command, args, { onStart, ...options } = {}) {
  const child = spawn(command, args, { stdio: 'inherit', windowsHide: true, ...options })
  let received = null
  const passOn = (signal) => {
    received = signal
    child.kill(signal)
  }
  for (const signal of signals) process.on(signal, passOn)
  try {
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject)
      if (child.pid !== undefined) onStart?.(child.pid)
      child.once('close', (exitCode, signal) => resolve(exitCode ?? signalCode(signal)))
    })
    if (received) process.exit(signalCode(received))
    return code
  } finally {
    for (const signal of signals) process.removeListener(signal, passOn)
  }
}

function signalCode(signal) {
  return 128 + (constants.signals[signal] ?? 0)
}
