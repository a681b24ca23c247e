import { createRouter } from '@tanstack/react-router'
import { accountRoute } from './screens/account/route.ts'
import { auditRoute } from './screens/audit/route.ts'
import { caseRoute } from './screens/case/route.ts'
import { casesRoute } from './screens/cases/route.ts'
import {
  connectionRoute,
  connectionsRoute,
  newConnectionRoute,
} from './screens/connections/route.ts'
import {
  deadLettersRoute,
  deliveryRoute,
  messageRoute,
  messagesRoute,
} from './screens/dead-letters/routes.ts'
import { exceptionRoute, exceptionsRoute } from './screens/exceptions/routes.ts'
import { goRoute } from './screens/go/route.ts'
import { homeRoute } from './screens/home/route.ts'
import { mappingRoute, mappingsRoute, newMappingRoute } from './screens/mappings/routes.ts'
import { operationRoute, operationsRoute } from './screens/operations/routes.ts'
import { systemRoute } from './screens/system/route.ts'
import { usersRoute } from './screens/users/route.ts'
import { wordsRoute } from './screens/words/route.ts'
import { rootRoute } from './shell/root-route.tsx'
import { ScreenFailed } from './shell/screen-failed.tsx'
import { Waiting } from './views/waiting.tsx'

/** Every screen by its address. A screen's script is fetched when it is first gone to, or pointed at. */
export const router = createRouter({
  routeTree: rootRoute.addChildren([
    casesRoute,
    exceptionsRoute,
    exceptionRoute,
    deadLettersRoute,
    deliveryRoute,
    messagesRoute,
    messageRoute,
    homeRoute,
    caseRoute,
    connectionsRoute,
    newConnectionRoute,
    connectionRoute,
    mappingsRoute,
    newMappingRoute,
    mappingRoute,
    accountRoute,
    operationsRoute,
    operationRoute,
    goRoute,
    systemRoute,
    auditRoute,
    usersRoute,
    wordsRoute,
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: Waiting,
  defaultErrorComponent: ScreenFailed,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
