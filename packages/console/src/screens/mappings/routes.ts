import { createRoute } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root-route.tsx'
import { readListSearch, readMappingSearch, readNewSearch } from './mapping-search.ts'

export const mappingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/mappings',
  validateSearch: readListSearch,
}).lazy(() => import('./mappings-screen.tsx').then(({ Route }) => Route))

/** A mapping that there may not be yet, by its name; the sample is a recorded message. */
export const newMappingRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/mappings/new',
  validateSearch: readNewSearch,
}).lazy(() => import('./new-mapping-screen.tsx').then(({ Route }) => Route))

export const mappingRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/mappings/$id',
  validateSearch: readMappingSearch,
}).lazy(() => import('./mapping-screen.tsx').then(({ Route }) => Route))
