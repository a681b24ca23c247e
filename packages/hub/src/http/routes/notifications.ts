import { boundedText, connectionId } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { templatesIn } from '../../connect/templates.ts'
import { previewNotification } from '../../pipeline/preview-notification.ts'
import { seesCustomer } from '../access/personal-data.ts'
import { problems } from '../schemas/common.ts'
import type { App, RouteDeps } from './types.ts'

const request = z.strictObject({
  connectionId: connectionId
    .optional()
    .describe('By which connection; may be left out where there is one only.'),
  template: boundedText(64).describe('For example refunded, or ship_reminder.'),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .optional()
    .describe('In place of that of the customer.'),
  case: boundedText(64)
    .optional()
    .describe('The id of a return, or its number; a made-up one when left out.'),
})

const preview = z
  .object({
    connectionId: z.string(),
    template: z.string(),
    caseNo: z.string(),
    language: z.string().describe('The one that it is written in.'),
    isOwn: z.boolean().describe('Whether the site’s own template was used.'),
    subject: z.string(),
    text: z.string(),
    html: z.string(),
  })
  .meta({ id: 'NotificationPreview' })

export function notificationRoutes(app: App, deps: RouteDeps): void {
  const { glossary } = deps
  const template = templatesIn((name) => glossary.activeDocument('template', name))
  app.post(
    '/api/v1/notifications/preview',
    {
      config: { access: 'notifications.read' },
      schema: {
        operationId: 'previewNotification',
        tags: ['Documents'],
        summary: 'Shows what a customer would be sent, and sends nothing.',
        description:
          'Who may not see the customer gets it with the name and the words for the customer masked.',
        body: request,
        response: { 200: preview, ...problems },
      },
    },
    async ({ body, caller }) => {
      const showsCustomer = body.case === undefined || seesCustomer(caller)
      return previewNotification({ ...deps, template }, { ...body, showsCustomer })
    },
  )
}
