import { useEffect, useRef, useSyncExternalStore } from 'react'
import { createKeybindingsHandler } from 'tinykeys'
import { preferences, usePreferences } from '../preferences/preferences.ts'

/** A key, or keys one after another, that does something. */
export interface Shortcut {
  /** Stable: under it somebody may have chosen other keys. */
  readonly id: string
  /** `j`, `g c`, `Shift+x`, `$mod+k`: as tinykeys writes them. */
  readonly keys: string
  readonly label: string
  readonly group: 'places' | 'general' | 'screen'
  /** Works while somebody types too: for what needs Ctrl or Cmd. */
  readonly whileTyping?: boolean
  readonly run: () => void
}

let active: readonly Shortcut[] = []
const listeners = new Set<() => void>()

function setActive(next: readonly Shortcut[]): void {
  active = next
  for (const listener of listeners) listener()
}

/** What keys do right now, for the list that `?` shows. */
export function useActiveShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => active,
  )
}

/** The keys of a shortcut, as its user wants them. */
export function keysOf({ id, keys }: Pick<Shortcut, 'id' | 'keys'>): string {
  return preferences().keys[id] ?? keys
}

/** Makes keys do something while the component is shown; off while somebody types, and where they are switched off. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts)
  latest.current = shortcuts
  const { keys: chosen, shortcuts: areOn } = usePreferences()
  const names = shortcuts.map(({ id, keys, label }) => `${id} ${keys} ${label}`).join('\n')
  useEffect(() => {
    const mine = latest.current.map(
      (shortcut): Shortcut => ({
        ...shortcut,
        run: () => latest.current.find(({ id }) => id === shortcut.id)?.run(),
      }),
    )
    setActive([...active, ...mine])
    const handle = createKeybindingsHandler(bindings(mine, areOn))
    globalThis.addEventListener('keydown', handle)
    return () => {
      globalThis.removeEventListener('keydown', handle)
      setActive(active.filter((shortcut) => !mine.includes(shortcut)))
    }
    // `names` and `chosen` stand for what the list says.
  }, [names, chosen, areOn])
}

function bindings(shortcuts: readonly Shortcut[], areOn: boolean) {
  const kept = shortcuts.filter(({ whileTyping }) => areOn || whileTyping === true)
  return Object.fromEntries(
    kept.map((shortcut) => [
      keysOf(shortcut),
      (event: KeyboardEvent) => {
        if (shortcut.whileTyping !== true && isTaken(event)) return
        event.preventDefault()
        shortcut.run()
      },
    ]),
  )
}

/** What Enter and the space bar press where it is focused. */
const pressable = 'button, a[href], summary, [role="button"], [role="tab"], [role="option"]'
const pressing: ReadonlySet<string> = new Set(['Enter', ' '])

/** Keys belong to what is typed into or pressed, and to a dialog that lies over the screen. */
function isTaken({ target, defaultPrevented, key }: KeyboardEvent): boolean {
  if (defaultPrevented) return true
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable) return true
  if (pressing.has(key) && target.closest(pressable) !== null) return true
  return (
    target.closest('input, textarea, select, [role="dialog"], [role="menu"], [role="listbox"]') !==
    null
  )
}
