import { createRoute } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root-route.tsx'
import { readSearch } from './exception-search.ts'

export const exceptionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/exceptions',
  validateSearch: readSearch,
}).lazy(() => import('./exceptions-screen.tsx').then(({ Route }) => Route))

export const exceptionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/exceptions/$id',
}).lazy(() => import('./exception-screen.tsx').then(({ Route }) => Route))
