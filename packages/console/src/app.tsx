import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { Suspense, useState } from 'react'
import { createQueries } from './api/queries.ts'
import { router } from './router.ts'
import { ChoosePasswordScreen } from './screens/sign-in/choose-password-screen.tsx'
import { SignInScreen } from './screens/sign-in/sign-in-screen.tsx'
import { SessionGate, useSession } from './session/session.tsx'
import { cssVariables, theme } from './theme.ts'
import { Waiting } from './views/waiting.tsx'

/** The console, for whoever is signed in; for others, the way in. `nonce` is what this page's styles may carry. */
export function App({ nonce }: { readonly nonce: string }) {
  const [queries] = useState(createQueries)
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
