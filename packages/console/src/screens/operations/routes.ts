import { createRoute } from '@tanstack/react-router'
import { object, enum as oneOf, optional, catch as orElse } from 'zod/mini'
import { rootRoute } from '../../shell/root-route.tsx'
import { itemStates } from '../../views/bulk/bulk-api.ts'

const search = object({ state: orElse(optional(oneOf(itemStates)), undefined) })

export const operationsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/operations',
}).lazy(() => import('./operations-screen.tsx').then(({ Route }) => Route))

export const operationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/operations/$id',
  validateSearch: (given) => search.parse(given),
}).lazy(() => import('./operation-screen.tsx').then(({ Route }) => Route))
