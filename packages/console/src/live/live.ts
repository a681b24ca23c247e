import { type QueryKey, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { array, nullable, number, object, catch as orElse, string } from 'zod/mini'
import { shareStream } from './shared-stream.ts'

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

/** `offline`: the hub cannot be reached; `stale`: it can, and does not say what changes. */
export type LiveState =
  | { readonly kind: 'connecting' | 'live' | 'paused' }
  | { readonly kind: 'offline' | 'stale'; readonly since: Date }

type Listener = (change: Change | 'reset') => void

/** While the hub is not heard, screens ask for themselves so often. */
const pollMs = 30_000

const listeners = new Set<Listener>()
const stateListeners = new Set<() => void>()
let state: LiveState = { kind: 'connecting' }
let end: (() => void) | null = null
let polling: ReturnType<typeof setInterval> | undefined

function setState(kind: LiveState['kind']): void {
  if (kind === state.kind) return
  // Offline and stale follow each other while it tries: what matters is since when nothing is heard.
  const since = 'since' in state ? state.since : new Date()
  state = kind === 'offline' || kind === 'stale' ? { kind, since } : { kind }
  if ('since' in state) pollMeanwhile()
  else stopPolling()
  for (const listener of stateListeners) listener()
}

function pollMeanwhile(): void {
  polling ??= setInterval(() => {
    if (document.visibilityState === 'visible') tell('reset')
  }, pollMs)
}

function stopPolling(): void {
  clearInterval(polling)
  polling = undefined
}

/** Listens to what changes in the hub, with the other tabs of this browser, until what it returns is called. */
export function startLive(): () => void {
  stop()
  end = shareStream({
    onState: setState,
    onMessage({ event, data }) {
      if (event === 'reset') tell('reset')
      if (event !== 'changes') return
      const read = change.safeParse(parse(data))
      if (read.success) tell(read.data)
    },
  })
  return stop
}

function stop(): void {
  end?.()
  end = null
  stopPolling()
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

/** Of this tab; the others go on. */
export function pauseLive(): void {
  stop()
  setState('paused')
}

export function resumeLive(): void {
  setState('connecting')
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

/** Figures that are made of much change with every return: they are read anew no more often than this. */
const figuresMs = 3_000

/** Reads figures anew when something has changed that they are made of. */
export function useFollow(queryKey: QueryKey, isAbout: (change: Change) => boolean): void {
  const queries = useQueryClient()
  const due = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useChanges((what) => {
    if (what !== 'reset' && !isAbout(what)) return
    due.current ??= setTimeout(() => {
      due.current = undefined
      void queries.invalidateQueries({ queryKey })
    }, figuresMs)
  })
  useEffect(() => () => clearTimeout(due.current), [])
}
