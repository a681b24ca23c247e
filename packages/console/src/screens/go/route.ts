import { createRoute } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root-route.tsx'

export const goRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/go/$id',
}).lazy(() => import('./go-screen.tsx').then(({ Route }) => Route))
