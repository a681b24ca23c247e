import { useCodes } from '../../views/codes.ts'

interface Titled {
  readonly title: string
}

/** What vocabularies and their meanings are called in the reader's language; as the hub calls them where nobody has said. */
export function useTitles() {
  const say = useCodes()
  return {
    vocabulary: ({ name, title }: Titled & { readonly name: string }): string =>
      say('vocabulary', name, title),
    meaning: (vocabulary: string, { value, title }: Titled & { readonly value: string }): string =>
      vocabulary === 'reason' || vocabulary === 'channel' ? say(vocabulary, value, title) : title,
  }
}
