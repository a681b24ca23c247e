import { createRoute } from '@tanstack/react-router'
import {
  array,
  boolean,
  type infer as Infer,
  number,
  object,
  enum as oneOf,
  optional,
  catch as orElse,
  string,
} from 'zod/mini'
import { rootRoute } from '../../shell/root-route.tsx'

const several = orElse(optional(array(string())), undefined)

const search = object({
  /** Newest first when left out. */
  order: orElse(optional(oneOf(['story'])), undefined),
  /** Compact when left out. */
  view: orElse(optional(oneOf(['full', 'json'])), undefined),
  source: several,
  kind: several,
  failed: orElse(optional(boolean()), undefined),
  /** The entry that is open, by its number. */
  entry: orElse(optional(number()), undefined),
})

/** What of a case is looked at. */
export type CaseSearch = Infer<typeof search>

export const caseRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/cases/$caseNo',
  validateSearch: (given): CaseSearch => search.parse(given),
}).lazy(() => import('./case-screen.tsx').then(({ Route }) => Route))
