const texts = new Map<string, string>()

/** What somebody has written and not saved yet: it outlives the screen, a lapsed session included, not the tab. */
export const unsaved = {
  of: (key: string): string | undefined => texts.get(key),
  keep(key: string, text: string): void {
    texts.set(key, text)
  },
  drop(key: string): void {
    texts.delete(key)
  },
}
