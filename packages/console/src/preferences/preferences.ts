import { useSyncExternalStore } from 'react'
import { boolean, object, enum as oneOf, catch as orElse, record, string } from 'zod/mini'

export const languages = ['en', 'de'] as const
export type Language = (typeof languages)[number]

const stored = object({
  language: orElse(oneOf(['auto', ...languages]), 'auto'),
  /** `local`, `UTC`, or an IANA name. */
  timeZone: orElse(string(), 'local'),
  density: orElse(oneOf(['comfortable', 'compact']), 'comfortable'),
  shortcuts: orElse(boolean(), true),
  /** Keys that somebody chose instead, by the shortcut's id. */
  keys: orElse(record(string(), string()), {}),
})

/** How one person wants the console on this computer. */
export type Preferences = ReturnType<typeof stored.parse>

const storageKey = 'backhaul.preferences'
const listeners = new Set<() => void>()
let current = read()

function read(): Preferences {
  try {
    return stored.parse(JSON.parse(localStorage.getItem(storageKey) ?? '{}'))
  } catch {
    return stored.parse({})
  }
}

/** Changes some of them, here and in other tabs. */
export function changePreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change }
  try {
    localStorage.setItem(storageKey, JSON.stringify(current))
  } catch {
    // A browser that keeps nothing: the choice holds until the page is left.
  }
  for (const listener of listeners) listener()
}

export function preferences(): Preferences {
  return current
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences)
}

function subscribe(listener: () => void): () => void {
  const onStorage = (event: StorageEvent): void => {
    if (event.key !== storageKey) return
    current = read()
    listener()
  }
  listeners.add(listener)
  globalThis.addEventListener('storage', onStorage)
  return () => {
    listeners.delete(listener)
    globalThis.removeEventListener('storage', onStorage)
  }
}

/** The language to speak, of what was chosen and what the browser asks for. */
export function languageOf(chosen: Preferences['language'], wanted: readonly string[]): Language {
  if (chosen !== 'auto') return chosen
  for (const tag of wanted) {
    const language = languages.find((one) => tag.toLowerCase().startsWith(one))
    if (language !== undefined) return language
  }
  return 'en'
}

/** The zone that times are shown in: an IANA name. */
export function zoneOf(timeZone: string): string {
  if (timeZone === 'local') return Intl.DateTimeFormat().resolvedOptions().timeZone
  return timeZone
}
