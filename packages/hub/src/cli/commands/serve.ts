import type { Command } from 'commander'
import type { Actions, Handler } from '../action.ts'
import { wholeNumber } from '../arguments.ts'

export function addServeCommand(program: Command, actions: Actions): void {
  program
    .command('serve')
    .description(
      'Run the hub: take messages in, apply them, deliver, and serve the API and the console.',
    )
    .option('--host <address>', 'address to listen on, in place of BACKHAUL_HOST')
    .option(
      '--port <number>',
      'port to listen on, in place of BACKHAUL_PORT; 0 takes a free one',
      parsePort,
    )
    .option('--roles <list>', 'parts of the hub to run, in place of BACKHAUL_ROLES')
    .action(actions.run(run))
}

function parsePort(text: string): number {
  return wholeNumber(text, { from: 0, to: 65_535 })
}

interface ServeFlags {
  readonly host?: string
  readonly port?: number
  readonly roles?: string
}

const run: Handler<ServeFlags> = (session, { options: { host, port, roles } }) => {
  const { context, configPath } = session
  const said = {
    ...(host === undefined ? {} : { BACKHAUL_HOST: host }),
    ...(port === undefined ? {} : { BACKHAUL_PORT: String(port) }),
    ...(roles === undefined ? {} : { BACKHAUL_ROLES: roles }),
  }
  return context.serve({ configPath, env: { ...context.env, ...said } })
}
