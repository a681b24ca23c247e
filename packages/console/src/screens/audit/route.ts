import { createRoute } from '@tanstack/react-router'
import { object, optional, catch as orElse, string } from 'zod/mini'
import { rootRoute } from '../../shell/root-route.tsx'

const words = orElse(optional(string()), undefined)

/** What is searched for. */
const auditSearch = object({
  object: words,
  type: words,
  actor: words,
  action: words,
  /** Days, as `2026-03-10`, in the reader's zone. */
  from: words,
  to: words,
})

export type AuditSearch = ReturnType<typeof auditSearch.parse>

export const auditRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit',
  validateSearch: (search) => auditSearch.parse(search),
}).lazy(() => import('./audit-screen.tsx').then(({ Route }) => Route))
