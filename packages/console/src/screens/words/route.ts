import { createRoute } from '@tanstack/react-router'
import { object, catch as orElse, string } from 'zod/mini'
import { rootRoute } from '../../shell/root-route.tsx'

/** Which vocabulary is looked at, and how the words begin that are shown of it. */
const search = object({ vocabulary: orElse(string(), ''), prefix: orElse(string(), '') })

export const wordsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/words',
  validateSearch: (given) => search.parse(given),
}).lazy(() => import('./words-screen.tsx').then(({ Route }) => Route))
