import type { Command } from 'commander'
import type { SystemCheck } from '../../pipeline/system/judge-system.ts'
import { readSystem } from '../../pipeline/system/read-system.ts'
import type { HubProcess } from '../../store/processes.ts'
import type { Actions, Handler } from '../action.ts'
import { exitCodes } from '../exit-code.ts'
import { type Column, table } from '../table.ts'
import { withHub } from '../with-hub.ts'

export function addStatusCommand(program: Command, actions: Actions): void {
  program
    .command('status')
    .description(
      'Show how the running hub does: its processes, its database, its queues. Exits with 1 where something is critical.',
    )
    .action(actions.run(run))
}

const checkColumns: readonly Column<SystemCheck>[] = [
  { title: 'CHECK', value: ({ name }) => name },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'DETAIL', value: ({ detail }) => detail },
  { title: 'RUNBOOK', value: ({ runbook }) => runbook && `docs/runbooks/${runbook}.md` },
]

const processColumns: readonly Column<HubProcess>[] = [
  { title: 'PROCESS', value: ({ name }) => name },
  { title: 'PID', value: ({ pid }) => pid, align: 'right' },
  { title: 'ROLES', value: ({ roles }) => roles.join(' ') },
  { title: 'MEMORY', value: ({ memoryBytes }) => megabytes(memoryBytes), align: 'right' },
  { title: 'LOOP', value: ({ loopDelayMs }) => loopDelayMs && `${loopDelayMs} ms`, align: 'right' },
  { title: 'STARTED', value: ({ startedAt }) => startedAt },
  { title: 'LAST BEAT', value: ({ heartbeatAt }) => heartbeatAt },
]

function megabytes(bytes: number | null): string | null {
  return bytes === null ? null : `${Math.round(bytes / 1e6)} MB`
}

const run: Handler<object> = (session) =>
  withHub(session, async (hub) => {
    const status = await readSystem(hub)
    session.show({ version: session.context.version, ...status }, () =>
      [
        table(status.checks, checkColumns, { hasColor: session.hasColor }),
        table(status.processes, processColumns, { hasColor: session.hasColor }),
        ...status.findings.map(({ subject, message }) => `${subject}: ${message}`),
      ].join('\n\n'),
    )
    return status.checks.some(({ state }) => state === 'critical') ? exitCodes.error : undefined
  })
