import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { createQueries } from './api/queries.ts'
import { router } from './router.ts'
import { SessionGate, useSession } from './session/session.tsx'
import { cssVariables, theme } from './theme.ts'
import { tickNow } from './views/clock.ts'
import { Waiting } from './views/waiting.tsx'

// Who is signed in needs neither of these.
const SignInScreen = lazy(() =>
  import('./screens/sign-in/sign-in-screen.tsx').then(({ SignInScreen: screen }) => ({
    default: screen,
  })),
)
const ChoosePasswordScreen = lazy(() =>
  import('./screens/sign-in/choose-password-screen.tsx').then(
    ({ ChoosePasswordScreen: screen }) => ({ default: screen }),
  ),
)

/** The console, for whoever is signed in; for others, the way in. `nonce` is what this page's styles may carry. */
export function App({ nonce }: { readonly nonce: string }) {
  const [queries] = useState(() => createQueries(tickNow))
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" />
        <Suspense fallback={<Waiting />}>
          <SessionGate signedOut={<SignInScreen />}>
            <SignedIn />
          </SessionGate>
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>
  )
}

function SignedIn() {
  const { session } = useSession()
  if (session.user.mustChangePassword === true) return <ChoosePasswordScreen />
  return <RouterProvider router={router} />
}
