import { createRoute } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root-route.tsx'

export const systemRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/system',
}).lazy(() => import('./system-screen.tsx').then(({ Route }) => Route))
