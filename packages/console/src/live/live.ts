import { useEffect, useRef, useSyncExternalStore } from 'react'
import { array, nullable, number, object, catch as orElse, string } from 'zod/mini'

const change = object({
  returns: orElse(
    array(object({ id: string(), caseNo: string(), headline: string(), version: number() })),
    [],
  ),
  exceptions: orElse(
    array(object({ id: string(), status: string(), caseNo: nullable(string()) })),
    [],
  ),
  deliveries: orElse(number(), 0),
  connections: orElse(array(string()), []),
})

/** What changed in the hub within about a second. */
export type Change = ReturnType<typeof change.parse>

export type LiveState =
  | { readonly kind: 'connecting' | 'live' | 'paused' }
  | { readonly kind: 'offline'; readonly since: Date }

type Listener = (change: Change | 'reset') => void

const listeners = new Set<Listener>()
const stateListeners = new Set<() => void>()
let state: LiveState = { kind: 'connecting' }
let source: EventSource | null = null

function setState(next: LiveState): void {
  state = next
  for (const listener of stateListeners) listener()
}

/** Listens to the hub's one stream of changes; the browser resumes it by itself where it broke off. */
export function startLive(): () => void {
  source = new EventSource('/api/v1/changes')
  source.addEventListener('open', () => setState({ kind: 'live' }))
  source.addEventListener('error', () => {
    if (state.kind !== 'offline') setState({ kind: 'offline', since: new Date() })
  })
  source.addEventListener('changes', ({ data }: MessageEvent<string>) => {
    const read = change.safeParse(parse(data))
    if (read.success) tell(read.data)
  })
  source.addEventListener('reset', () => tell('reset'))
  return stop
}

function stop(): void {
  source?.close()
  source = null
}

function tell(what: Change | 'reset'): void {
  for (const listener of listeners) listener(what)
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}

/** Whether what is shown follows the hub. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (listener) => {
      stateListeners.add(listener)
      return () => stateListeners.delete(listener)
    },
    () => state,
  )
}

export function pauseLive(): void {
  stop()
  setState({ kind: 'paused' })
}

export function resumeLive(): void {
  setState({ kind: 'connecting' })
  startLive()
  // What was missed meanwhile is fetched anew.
  tell('reset')
}

/** Tells a component what changes; `reset` means that anything may have. */
export function useChanges(listener: Listener): void {
  const latest = useRef(listener)
  latest.current = listener
  useEffect(() => {
    const told: Listener = (what) => latest.current(what)
    listeners.add(told)
    return () => {
      listeners.delete(told)
    }
  }, [])
}
