import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { ReturnFields } from '../return-fields.ts'
import { fieldNames } from './people.ts'

const run = promisify(execFile)

/** Where Debian's packages `request-tracker5` and `rt5-db-sqlite` put what is needed. */
const programs = {
  perl: '/usr/bin/perl',
  setup: '/usr/sbin/rt-setup-database-5',
  server: '/usr/share/request-tracker5/libexec/rt-server',
  library: '/usr/share/request-tracker5/lib',
}

export interface RealRtOptions {
  /** The file of initial data that is put in force after RT's own. */
  readonly initialData: string
  /** Where the scrip posts to. */
  readonly hook?: { readonly url: string; readonly secret: string }
  /** Of RT's users: what RT reads and shows times in. */
  readonly timeZone?: string
}

/** A Request Tracker of one's own, with people in it. */
export interface RealRt {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  /** Of the user `backhaul`. */
  readonly token: string
  customerWrites(mail: { readonly email: string; readonly subject: string }): Promise<number>
  agentFillsIn(ticket: number, fields: ReturnFields): Promise<void>
  agentSetsStatus(ticket: number, status: string): Promise<void>
  /** Subjects of what was said on a ticket. */
  subjects(ticket: number): Promise<readonly string[]>
  status(ticket: number): Promise<string>
  close(): Promise<void>
}

/** Why no Request Tracker can be started here; null where one can. */
export function missingForRealRt(): string | null {
  const missing = Object.values(programs).filter((path) => !existsSync(path))
  if (missing.length === 0) return null
  return `Request Tracker 5 is not installed (Debian: request-tracker5, rt5-db-sqlite): no ${missing[0]}`
}

/** Starts Request Tracker on a free port of the loopback address, with a database in a folder of its own. */
export async function startRealRt(options: RealRtOptions): Promise<RealRt> {
  const folder = await mkdtemp(join(tmpdir(), 'request-tracker-'))
  const port = await freePort()
  const env = await configure(folder, port, options)
  let server: ChildProcess | null = null
  try {
    await run(programs.perl, [programs.setup, '--action', 'init', '--skip-create'], { env })
    const insert = ['--action', 'insert', '--datafile', options.initialData]
    await run(programs.perl, [programs.setup, ...insert], { env })
    const { stdout } = await run(programs.perl, ['-e', makePeople], { env })
    const where = ['--host', '127.0.0.1', '--port', String(port)]
    server = spawn(programs.perl, [programs.server, ...where, ...oneWorker], {
      env,
      stdio: 'ignore',
    })
    const url = `http://127.0.0.1:${port}`
    await answering(url, server)
    return { url, token: stdout.trim(), ...peopleAt(url), close: () => stop(server, folder) }
  } catch (error) {
    await stop(server, folder)
    throw error
  }
}

/** Each worker compiles its pages anew, and one that ends cuts the connection that it holds. */
const oneWorker = ['--max-workers', '1', '--max-reqs-per-child', '100000']

/** An agent, who may do what the hub may, and a token for the hub. */
const makePeople = `
use lib '${programs.library}';
use RT; RT->LoadConfig; RT->Init; require RT::AuthToken;
my $hub = RT::User->new(RT->SystemUser); $hub->Load('backhaul');
my ($made, $text, $token) = RT::AuthToken->new(RT->SystemUser)->Create(Owner => $hub->id, Description => 'hub');
die $text unless $made;
my $agent = RT::User->new(RT->SystemUser);
$agent->Create(Name => 'agent', Privileged => 1, Password => 'agent-password');
my $group = RT::Group->new(RT->SystemUser); $group->LoadUserDefinedGroup('Backhaul');
$group->AddMember($agent->PrincipalId);
print $token;
`

async function configure(
  folder: string,
  port: number,
  { hook, timeZone = 'America/New_York' }: RealRtOptions,
): Promise<NodeJS.ProcessEnv> {
  const settings: Record<string, string | number> = {
    rtname: 'example.test',
    Organization: 'example.test',
    DatabaseType: 'SQLite',
    DatabaseName: join(folder, 'rt.sqlite'),
    DatabaseAdmin: '',
    WebDomain: '127.0.0.1',
    WebPort: port,
    MailCommand: 'testfile',
    Timezone: timeZone,
    MasonDataDir: join(folder, 'mason'),
    MasonSessionDir: join(folder, 'session'),
    LogToSTDERR: 'error',
    ...(hook === undefined ? {} : { BackhaulWebhook: hook.url, BackhaulSecret: hook.secret }),
  }
  const lines = Object.entries(settings).map(([name, value]) => `Set($${name}, '${value}');`)
  const site = join(folder, 'RT_SiteConfig.pm')
  await writeFile(site, [...lines, 'Set($LogToSyslog, undef);', '1;', ''].join('\n'))
  for (const name of ['mason', 'session', 'site']) await mkdir(join(folder, name))
  return { ...process.env, RT_SITE_CONFIG: site, RT_SITE_CONFIG_DIR: join(folder, 'site') }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise((resolve) => {
    server.close(resolve)
  })
  return typeof address === 'object' && address !== null ? address.port : 0
}

const maxWaitMs = 60_000
const pauseMs = 100

/** Waits until the server answers, whatever it answers. */
async function answering(url: string, server: ChildProcess): Promise<void> {
  for (let waited = 0; waited < maxWaitMs && server.exitCode === null; waited += pauseMs) {
    const answer = await fetch(`${url}/REST/2.0/rt`).catch(() => null)
    if (answer !== null) return
    await sleep(pauseMs)
  }
  throw new Error('Request Tracker did not come up')
}

async function stop(server: ChildProcess | null, folder: string): Promise<void> {
  if (server !== null && server.exitCode === null) {
    const ended = new Promise((resolve) => {
      server.once('exit', resolve)
    })
    server.kill('SIGTERM')
    await ended
  }
  await rm(folder, { recursive: true, force: true })
}

/** What people do, over the same REST2. */
function peopleAt(url: string) {
  const authorization = `Basic ${Buffer.from('agent:agent-password').toString('base64')}`
  const ask = async (method: string, path: string, sent?: unknown): Promise<unknown> => {
    // RT ends idle connections after two seconds, maybe while the next request is on its way.
    const headers = { authorization, connection: 'close', 'content-type': 'application/json' }
    const body = sent === undefined ? {} : { body: JSON.stringify(sent) }
    const answer = await fetch(`${url}/REST/2.0${path}`, { method, headers, ...body })
    if (!answer.ok)
      throw new Error(`Request Tracker answered ${answer.status} to ${method} ${path}`)
    return answer.json()
  }
  return {
    async customerWrites({ email, subject }: { readonly email: string; readonly subject: string }) {
      const mail = { Queue: 'Returns', Subject: subject, Requestor: email }
      const made = (await ask('POST', '/ticket', mail)) as { id: string }
      return Number(made.id)
    },
    async agentFillsIn(ticket: number, fields: ReturnFields) {
      await ask('PUT', `/ticket/${ticket}`, { CustomFields: fieldNames(fields) })
    },
    async agentSetsStatus(ticket: number, status: string) {
      await ask('PUT', `/ticket/${ticket}`, { Status: status })
    },
    async subjects(ticket: number) {
      const path = `/ticket/${ticket}/history?fields=Type,Data&per_page=100`
      const { items } = (await ask('GET', path)) as { items: { Type: string; Data: string }[] }
      const said = items.filter(({ Type: type }) => type === 'Comment' || type === 'Correspond')
      return said.map(({ Data: data }) => data.trim())
    },
    async status(ticket: number) {
      const shown = (await ask('GET', `/ticket/${ticket}`)) as { Status: string }
      return shown.Status
    },
  }
}
