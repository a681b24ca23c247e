import { createRoute } from '@tanstack/react-router'
import { object, enum as oneOf, optional, catch as orElse, string } from 'zod/mini'
import { rootRoute } from '../../shell/root-route.tsx'

/** What is shown of a vocabulary: what its words mean, or who changed that. */
export const views = ['words', 'changes'] as const

/** Which vocabulary is looked at, what of it, and how the words begin that are shown. */
const search = object({
  vocabulary: orElse(string(), ''),
  prefix: orElse(string(), ''),
  view: orElse(optional(oneOf(views)), undefined),
})

export type WordsSearch = ReturnType<typeof search.parse>

export const wordsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/words',
  validateSearch: (given) => search.parse(given),
}).lazy(() => import('./words-screen.tsx').then(({ Route }) => Route))
