import { createRoute } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root-route.tsx'

export const connectionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/connections',
}).lazy(() => import('./connections-screen.tsx').then(({ Route }) => Route))

export const newConnectionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/connections/new',
}).lazy(() => import('./new-connection-screen.tsx').then(({ Route }) => Route))

export const connectionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/connections/$id',
}).lazy(() => import('./connection-screen.tsx').then(({ Route }) => Route))
