import { createRootRoute } from '@tanstack/react-router'
import { NotFoundScreen } from '../screens/not-found/not-found-screen.tsx'
import { Waiting } from '../views/waiting.tsx'
import { Frame } from './frame.tsx'
import { ScreenFailed } from './screen-failed.tsx'

/** Under which every screen lies. */
export const rootRoute = createRootRoute({
  component: Frame,
  notFoundComponent: NotFoundScreen,
  errorComponent: ScreenFailed,
  pendingComponent: Waiting,
})
