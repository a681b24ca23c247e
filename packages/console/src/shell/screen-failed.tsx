import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { ProblemView } from '../views/problem-view.tsx'

/** In the place of a screen that failed, or whose script could not be fetched. */
export function ScreenFailed({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  return (
    <ProblemView
      error={error}
      onRetry={() => {
        reset()
        void router.invalidate()
      }}
    />
  )
}
