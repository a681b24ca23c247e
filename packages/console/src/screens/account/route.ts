import { createRoute } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root-route.tsx'

export const accountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/account',
}).lazy(() => import('./account-screen.tsx').then(({ Route }) => Route))
