import { createRouter } from '@tanstack/react-router'
import { caseRoute } from './screens/case/route.ts'
import {
  connectionRoute,
  connectionsRoute,
  newConnectionRoute,
} from './screens/connections/route.ts'
import { goRoute } from './screens/go/route.ts'
import { homeRoute } from './screens/home/route.ts'
import { systemRoute } from './screens/system/route.ts'
import { rootRoute } from './shell/root-route.tsx'
import { ScreenFailed } from './shell/screen-failed.tsx'
import { Waiting } from './views/waiting.tsx'

/** Every screen by its address. A screen's script is fetched when it is first gone to, or pointed at. */
export const router = createRouter({
  routeTree: rootRoute.addChildren([
    homeRoute,
    caseRoute,
    connectionsRoute,
    newConnectionRoute,
    connectionRoute,
    goRoute,
    caseRoute,
    systemRoute,
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
