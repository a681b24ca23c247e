import { createRoute } from '@tanstack/react-router'
import { object, enum as oneOf, optional, catch as orElse, string } from 'zod/mini'
import { rootRoute } from '../../shell/root-route.tsx'

export const tabs = ['people', 'keys', 'roles'] as const

const usersSearch = object({
  tab: orElse(optional(oneOf(tabs)), undefined),
  /** The role whose rights are shown. */
  role: orElse(optional(string()), undefined),
})

export const usersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/users',
  validateSearch: (search) => usersSearch.parse(search),
}).lazy(() => import('./users-screen.tsx').then(({ Route }) => Route))
