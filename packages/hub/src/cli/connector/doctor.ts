import type { Connector, Finding } from '@backhaul/sdk/connector'
import type { Command } from 'commander'
import { setupTarget } from '../../pipeline/connection-setup.ts'
import type { Actions } from '../action.ts'
import { exitCodes } from '../exit-code.ts'
import type { Session } from '../session.ts'
import { cellText, paint } from '../table.ts'
import { withHub } from '../with-hub.ts'
import { findConnection } from './find-connection.ts'
import { addLentOptions, type LentOptions, readLent } from './lent-credential.ts'

interface DoctorOptions extends LentOptions {
  readonly connection?: string
}

/** `backhaul <connector> doctor`. */
export function addConnectorDoctor(group: Command, actions: Actions, connector: Connector): void {
  const command = group
    .command('doctor')
    .description(
      `Look at ${connector.title} with the connection's own credentials, and say what to do. Exits with 1 where there is a problem.`,
    )
    .option('--connection <id>', 'which connection, where there are several')
  addLentOptions(command).action(
    actions.run<DoctorOptions>((session, { options }) => run(session, { connector, options })),
  )
}

async function run(
  session: Session,
  given: { readonly connector: Connector; readonly options: DoctorOptions },
): Promise<number | undefined> {
  const { connector, options } = given
  const credential = await readLent(session, options)
  const found = await withHub(session, async (hub) => {
    const connectionId = findConnection(hub.connections, connector, options.connection)
    const { context, end } = setupTarget(hub, { connectionId, ...credential }, hub.by)
    session.progress('Looking …')
    const looking = connector.diagnose?.(context) ?? Promise.resolve([])
    const findings = await looking.finally(() => {
      session.progress(null)
      end()
    })
    return { connectionId, findings }
  })
  const problems = found.findings.filter(({ level }) => level === 'problem').length
  const warnings = found.findings.filter(({ level }) => level === 'warning').length
  session.show({ ...found, problems, warnings }, () =>
    found.findings.map((finding) => lineOf(session, finding)).join('\n'),
  )
  const isWell = problems + warnings === 0
  session.say(isWell ? 'All is well.' : `${problems} problems, ${warnings} to look at.`)
  return problems > 0 ? exitCodes.error : undefined
}

const marks = {
  ok: { mark: '✔', style: 'green' },
  warning: { mark: '!', style: 'yellow' },
  problem: { mark: '✖', style: 'red' },
} as const

function lineOf(session: Session, { level, title, detail }: Finding): string {
  const { mark, style } = marks[level]
  return `${paint(style, mark, session)} ${cellText(title)}\n  ${cellText(detail)}`
}
