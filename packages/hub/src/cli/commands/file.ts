import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Command } from 'commander'
import { assertTakesFiles, fileMessages } from '../../pipeline/files/file-messages.ts'
import type { Actions, Handler } from '../action.ts'
import { CliError } from '../cli-error.ts'
import { withHub } from '../with-hub.ts'

export function addFileCommands(program: Command, actions: Actions): void {
  const group = program.command('file').description('Hand over files of connected systems.')
  group
    .command('send')
    .description('Hand a file over, as its system would have sent it.')
    .argument('<file>', 'the file; one that ends in .eml is a mail, whose attachments count')
    .requiredOption('--connection <id>', 'the connection that it comes from')
    .requiredOption('--topic <topic>', 'what it is about; names the mapping document')
    .action(actions.run(send))
}

const send: Handler<{ readonly connection: string; readonly topic: string }> = (
  session,
  { args, options },
) =>
  withHub(session, async ({ connections, receive, by }) => {
    const path = args[0] ?? ''
    const { connection: connectionId, topic } = options
    const bytes = await readFile(path).catch(() => {
      throw new CliError('notFound', `There is no file ${path} that could be read.`)
    })
    assertTakesFiles(connections, { connectionId, topic })
    const name = basename(path)
    const messages = await fileMessages({ connectionId, topic, name, bytes, actor: by.actor })
    const results: { messageId: string; isRepeat: boolean }[] = []
    for (const message of messages) {
      const { messageId, isRepeat } = await receive(message)
      results.push({ messageId, isRepeat })
    }
    session.show({ messages: results }, () =>
      results
        .map(({ messageId, isRepeat }) => `${messageId} ${isRepeat ? 'was known' : 'taken in'}`)
        .join('\n'),
    )
  })
