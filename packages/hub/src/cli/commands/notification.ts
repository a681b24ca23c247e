import type { Command } from 'commander'
import { templatesIn } from '../../connect/templates.ts'
import { previewNotification } from '../../pipeline/preview-notification.ts'
import { listActiveDocuments } from '../../store/documents.ts'
import type { Actions, Handler } from '../action.ts'
import { printable } from '../table.ts'
import { withHub } from '../with-hub.ts'

interface PreviewOptions {
  readonly template: string
  readonly language?: string
  readonly case?: string
  readonly connection?: string
  readonly html?: boolean
}

export function addNotificationCommands(program: Command, actions: Actions): void {
  const group = program.command('notification').description('See what customers are told.')
  group
    .command('preview')
    .description('Show what a customer would be sent, and send nothing.')
    .requiredOption('--template <name>', 'which message, for example refunded')
    .option('--language <tag>', 'in place of that of the customer')
    .option('--case <id-or-number>', 'about this return; a made-up one when left out')
    .option('--connection <id>', 'by which connection, where there are several')
    .option('--html', 'print the HTML in place of the plain text')
    .action(actions.run(preview))
}

const preview: Handler<PreviewOptions> = (session, { options }) =>
  withHub(session, async ({ pool, connections, clock, config }) => {
    const active = await listActiveDocuments(pool, 'template')
    const byName = new Map(active.map((document) => [document.name, document]))
    const template = templatesIn((name) => byName.get(name))
    const { connection: connectionId, html, ...asked } = options
    const made = await previewNotification(
      { pool, connections, clock, config, template },
      { ...asked, connectionId, showsCustomer: true },
    )
    session.show(made, () => {
      const words = html === true ? made.html : made.text
      return [`Subject: ${made.subject}`, '', ...words.trimEnd().split('\n')]
        .map(printable)
        .join('\n')
    })
    const whose = made.isOwn ? 'a template of your own' : 'the words of the connector'
    session.say(`In ${made.language}, with ${whose}.`)
  })
