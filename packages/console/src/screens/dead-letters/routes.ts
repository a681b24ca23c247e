import { createRoute } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root-route.tsx'
import { readLetterSearch, readMessageSearch } from './letter-search.ts'

export const deadLettersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/dead-letters',
  validateSearch: readLetterSearch,
}).lazy(() => import('./dead-letters-screen.tsx').then(({ Route }) => Route))

export const deliveryRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/deliveries/$id',
}).lazy(() => import('./delivery-screen.tsx').then(({ Route }) => Route))

export const messagesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/messages',
  validateSearch: readMessageSearch,
}).lazy(() => import('./messages-screen.tsx').then(({ Route }) => Route))

export const messageRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/messages/$id',
}).lazy(() => import('./message-screen.tsx').then(({ Route }) => Route))
