import { createRoute } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root-route.tsx'
import { readSearch } from './case-search.ts'

export const casesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/cases',
  validateSearch: readSearch,
}).lazy(() => import('./cases-screen.tsx').then(({ Route }) => Route))
