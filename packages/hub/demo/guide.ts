import type { StoryName } from './stories.ts'

/** A case of the seed that shows something, by the story that it tells. */
export type Shown = ReadonlyMap<StoryName, string>

const sights: readonly (readonly [StoryName, string])[] = [
  ['partly_received', 'goods came, and one piece is missing'],
  ['held', 'a refund is held: a person has to clear it'],
  ['wrong_item', 'the warehouse found something else in the parcel'],
  ['asked_twice', 'the same return, asked for in the shop and at the help desk'],
  ['refund_failed', 'the bank sent the refund back'],
  ['finished', 'from request to refund, without anybody logging in twice'],
]

/** What there is to look at, line by line. */
export function guideTo(url: string, shown: Shown): string[] {
  const lines = sights.flatMap(([story, about]) => {
    const caseNo = shown.get(story)
    return caseNo === undefined ? [] : [`  ${url}/cases/${caseNo}   ${about}`]
  })
  return [
    ...lines,
    `  ${url}/words   a shop used a word that nobody knows: say what it means, and its return goes on`,
    `  ${url}/dead-letters   a mail that was refused as spam`,
  ]
}
