/** The page's one piece of behavior: it asks the hub how it is, every few seconds, and says so. */
import { askReadiness, readinessWords } from './readiness.ts'

const everyMs = 5000

const status = document.querySelector<HTMLElement>('#status')

async function refresh(target: HTMLElement): Promise<void> {
  const readiness = await askReadiness((path, init) => fetch(path, init), everyMs)
  // Written only when it changed: a screen reader reads out every change.
  if (target.dataset['state'] === readiness) return
  target.dataset['state'] = readiness
  target.textContent = readinessWords[readiness]
}

if (status) {
  void refresh(status)
  setInterval(() => void refresh(status), everyMs)
}
