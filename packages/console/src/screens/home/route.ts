import { createRoute } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root-route.tsx'

export const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
}).lazy(() => import('./home-screen.tsx').then(({ Route }) => Route))
