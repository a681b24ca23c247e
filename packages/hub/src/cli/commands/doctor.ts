import type { Command } from 'commander'
import { createConnections } from '../../connect/connections.ts'
import { createRegistry } from '../../connect/registry.ts'
import { systemClock } from '../../platform/clock.ts'
import { loadConfig } from '../../platform/config/load-config.ts'
import type { HubConfig } from '../../platform/config/schema.ts'
import type { Actions, Handler } from '../action.ts'
import {
  diagnoseBacklog,
  diagnoseClock,
  diagnoseKeys,
  diagnoseMasterKey,
  diagnoseProcesses,
  diagnoseServer,
  diagnoseTables,
  keyRingOf,
} from '../diagnose-database.ts'
import { diagnoseAddress, diagnoseDataDir } from '../diagnose-machine.ts'
import { type Diagnosis, fail, ok, skip, type Verdict, warn } from '../diagnosis.ts'
import { exitCodes } from '../exit-code.ts'
import { explainError } from '../explain-error.ts'
import { hasDatabase, hasMasterKey } from '../open-database.ts'
import type { Session } from '../session.ts'
import { cellText, paint } from '../table.ts'
import { type CliDatabase, withDatabase } from '../with-database.ts'

export function addDoctorCommand(program: Command, actions: Actions): void {
  program
    .command('doctor')
    .description(
      'Look at everything that the hub needs, and say what to do. Exits with 1 where something fails.',
    )
    .action(actions.run(run))
}

const run: Handler<object> = async (session) => {
  const checks = await examine(session)
  const failed = checks.filter(({ status }) => status === 'fail').length
  const warned = checks.filter(({ status }) => status === 'warn').length
  session.show({ checks, failed, warned }, () =>
    checks.map((check) => line(session, check)).join('\n'),
  )
  session.say(failed + warned === 0 ? 'All is well.' : `${failed} failed, ${warned} to look at.`)
  return failed > 0 ? exitCodes.error : undefined
}

const marks = {
  ok: { mark: '✔', style: 'green' },
  warn: { mark: '!', style: 'yellow' },
  fail: { mark: '✖', style: 'red' },
  skip: { mark: '-', style: 'gray' },
} as const

function line(session: Session, { check, status, detail, advice }: Diagnosis): string {
  const { mark, style } = marks[status]
  const shown = paint(style, mark, session)
  const text = `${shown} ${check.padEnd(14)} ${cellText(detail)}`
  return advice === undefined ? text : `${text}\n${' '.repeat(17)}${advice}`
}

/** Looks at one thing; whatever it throws is what is wrong with it. */
async function look(check: string, examination: () => Promise<Verdict>): Promise<Diagnosis> {
  try {
    return { check, ...(await examination()) }
  } catch (error) {
    const explained = explainError(error)
    if (explained === null) throw error
    return { check, ...fail(explained.sentences.join(' '), 'Mend this first.') }
  }
}

async function examine(session: Session): Promise<Diagnosis[]> {
  let config: HubConfig | null = null
  const configuration = await look('configuration', async () => {
    const loaded = loadConfig({ configPath: session.configPath, env: session.context.env })
    config = loaded.config
    return ok(loaded.file ?? 'no file; defaults and environment')
  })
  return config === null ? [configuration] : [configuration, ...(await examineHub(session, config))]
}

async function examineHub(session: Session, config: HubConfig): Promise<Diagnosis[]> {
  const folder = await look('data folder', () => diagnoseDataDir(config))
  const database = await examineDatabase(session, config)
  const isRunning = database.some(({ check, status }) => check === 'processes' && status === 'ok')
  const address = await look('address', () =>
    isRunning ? diagnoseAddress(config) : Promise.resolve(skip('no hub runs on this database')),
  )
  return [folder, ...database, address]
}

async function examineDatabase(session: Session, config: HubConfig): Promise<Diagnosis[]> {
  if (!(await hasDatabase(config))) {
    return [{ check: 'database', ...skip('the embedded one is made at the first start') }]
  }
  try {
    return await withDatabase(session, { database: 'any' }, (open) => examineOpen(session, open))
  } catch (error) {
    return [await look('database', () => Promise.reject(error))]
  }
}

async function examineOpen(session: Session, database: CliDatabase): Promise<Diagnosis[]> {
  const { config, pool } = database
  const server = await look('database', () => diagnoseServer(pool))
  const clock = await look('clock', () => diagnoseClock(pool))
  const tables = await look('tables', () => diagnoseTables(pool))
  if (tables.status === 'fail') return [server, clock, tables]
  return [
    server,
    clock,
    tables,
    await look('master key', () => diagnoseMasterKey(config, pool)),
    await look('connections', () => diagnoseConnections(session, database)),
    await look('API keys', () => diagnoseKeys(pool)),
    await look('processes', () => diagnoseProcesses(pool)),
    await look('backlog', () => diagnoseBacklog(pool)),
  ]
}

/** Whether each connection can be used, and each role is played by somebody who can. */
async function diagnoseConnections(session: Session, database: CliDatabase): Promise<Verdict> {
  const { config, pool, log } = database
  if (!(await hasMasterKey(config))) return skip('they cannot be opened without the master key')
  const { allowedPrivateTargets } = config.outbound
  const { requestTimeoutMs, concurrencyPerConnection } = config.delivery
  const connections = createConnections({
    pool,
    registry: createRegistry(await session.context.connectors()),
    keyRing: await keyRingOf(config),
    log,
    clock: systemClock,
    settings: { allowedPrivateTargets, requestTimeoutMs, concurrencyPerConnection },
  })
  try {
    await connections.refresh()
    const findings = connections.diagnose().map(({ message }) => message)
    if (findings.length === 0) return ok(`${connections.list().length}, each of them usable`)
    return warn(findings.join(' '), 'Look at: backhaul connection list')
  } finally {
    await connections.close()
  }
}
