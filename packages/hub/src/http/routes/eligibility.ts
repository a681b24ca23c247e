import { askEligibility } from '../../pipeline/eligibility/ask-eligibility.ts'
import { problems } from '../schemas/common.ts'
import { eligibility, eligibilityQuestion, eligibilityView } from '../schemas/eligibility.ts'
import type { App, RouteDeps } from './types.ts'

/**
 * `POST /api/v1/eligibility`: a question with a body, which changes nothing.
 *
 * 200 also where nothing may come back: the reasons say why. 503 SYSTEM_OF_RECORD_SILENT with Retry-After while the
 * system that keeps the orders does not answer.
 */
export function eligibilityRoute(app: App, deps: RouteDeps): void {
  app.post(
    '/api/v1/eligibility',
    {
      config: { access: 'eligibility.ask' },
      schema: {
        operationId: 'askEligibility',
        tags: ['Returns'],
        summary: 'Says what of an order may come back, and on which terms.',
        description:
          'Asks the system that keeps the orders, adds what the hub knows of other returns, and asks the rules in force about a return that is not made. Nothing is changed.',
        body: eligibilityQuestion,
        response: { 200: eligibility, ...problems },
      },
    },
    async ({ body }) => eligibilityView(await askEligibility(deps, body)),
  )
}
