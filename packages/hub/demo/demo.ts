import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { channelsDir, connectors } from '@backhaul/connectors'
import { calm, startNeighborhood } from '@backhaul/simulator'
import { type Random, seeded } from '../bench/workload/random.ts'
import { createSession, type Session } from '../src/cli/session.ts'
import { withHub } from '../src/cli/with-hub.ts'
import { createApiKey } from '../src/pipeline/api-keys.ts'
import { replacePrivateFile } from '../src/platform/private-files.ts'
import { connectAll } from '../test/lifecycle/connect.ts'
import { People, Stuck, type Town } from '../test/lifecycle/people.ts'
import { HubClient } from '../test/odoo-storm/hub-client.ts'
import { runChaos } from './chaos.ts'
import { guideTo } from './guide.ts'
import type { DemoOptions } from './options.ts'
import { drawStories, drawStory, fitsOrder, planFor, type StoryName, stories } from './stories.ts'

interface Surroundings {
  readonly signal: AbortSignal
  readonly env: NodeJS.ProcessEnv
}

/** Orders beyond those of the seed: an hour of new returns and more. */
const ordersToCome = 700
/** As many people as keep the hub busy and the neighbors within their limits. */
const peopleAtOnce = 24
const hubLookMs = 250

function say(line: string): void {
  process.stderr.write(`demo: ${line}\n`)
}

/** Seeds the hub and lets returns flow, until it is told to stop. */
export async function runDemo(options: DemoOptions, at: Surroundings): Promise<void> {
  const url = hubUrlOf(at.env)
  const session = sessionOf(at.env)
  await hubAnswers(url, at.signal)
  if (await endEarlierDemo(session, at.env)) return
  await replacePrivateFile(markFile(at.env), '{}\n')
  const { returns, seed } = options
  say(`playing eight systems around the hub, with ${returns} returns`)
  const neighborhood = await startNeighborhood({
    orders: returns + ordersToCome,
    seed,
    plans: 'largest',
  })
  const hub = new HubClient([Number(new URL(url).port)], seeded(seed + 1))
  try {
    const keys = await withHub(session, async (desk) => {
      await connectAll(desk, { neighborhood, hubUrl: url })
      const make = async (role: 'agent' | 'warehouse') =>
        (await createApiKey(desk, { name: `demo ${role}`, role }, desk.by)).key
      return { agent: await make('agent'), warehouse: await make('warehouse') }
    })
    const random = seeded(seed)
    const town = { neighborhood, hub, keys, run: `demo-${seed.toString(36)}` }
    await live(options, { ...at, url, town, random })
  } finally {
    neighborhood.setWeather(calm)
    await Promise.all([neighborhood.close(), hub.close()])
  }
}

interface Stage extends Surroundings {
  readonly url: string
  readonly town: Town
  readonly random: Random
}

async function live(options: DemoOptions, stage: Stage): Promise<void> {
  const shown = await seedReturns(options.returns, stage)
  await keepGuide(stage, shown)
  say(`${options.returns} returns are there. Look at:`)
  for (const line of guideTo(stage.url, shown)) process.stderr.write(`${line}\n`)
  const pause = (seconds: number) => sleep(seconds * 1000, undefined, { signal: stage.signal })
  const { random, town } = stage
  const chaos = options.chaos
    ? runChaos(town.neighborhood, { random, say, pause })
    : new Promise<never>(() => undefined)
  await Promise.race([chaos, flow(options, { ...stage, pause })])
}

/** Everybody at work at once, until the stories of the seed are told. */
async function seedReturns(count: number, stage: Stage): Promise<Map<StoryName, string>> {
  const shown = new Map<StoryName, string>()
  const drawn = drawStories(count, stage.random)
  const waiting = drawn.map((story, index) => ({
    story: fitting(story, index + 1),
    number: index + 1,
  }))
  let told = 0
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (stage.signal.aborted) return
      const caseNo = await tell(next, stage)
      if (caseNo !== null) shown.set(next.story, caseNo)
      told += 1
      if (told % 50 === 0) say(`${told} of ${count} returns`)
    }
  }
  await Promise.all(Array.from({ length: peopleAtOnce }, work))
  stage.signal.throwIfAborted()
  return shown
}

function fitting(story: StoryName, number: number): StoryName {
  return fitsOrder(story, number) ? story : 'finished'
}

async function tell(
  { story, number }: { readonly story: StoryName; readonly number: number },
  { town, random, signal }: Stage,
): Promise<string | null> {
  try {
    return await stories[story](new People(town, planFor(number, random)))
  } catch (error) {
    // One that does not come as far as its story is one more state to look at.
    if (!(error instanceof Stuck) && !signal.aborted) {
      say(`a return came to grief (${story}): ${error instanceof Error ? error.message : story}`)
    }
    return null
  }
}

/** New returns, one after the other: a story has some six steps. */
async function flow(
  { returns, pace }: DemoOptions,
  stage: Stage & { readonly pause: (seconds: number) => Promise<void> },
): Promise<void> {
  const stepsPerStory = 6
  if (pace === 0) return stage.pause(86_400)
  say(`new returns come at about ${pace} steps a second; Ctrl-C ends all`)
  for (let number = returns + 1; number <= returns + ordersToCome; number += 1) {
    const story = fitting(drawStory(stage.random), number)
    void tell({ story, number }, stage)
    await stage.pause(stepsPerStory / pace)
  }
  say('all orders are sold out: no new returns. `npm start -- --demo` begins anew.')
  await stage.pause(86_400)
}

/** Deep links for whoever wants to find the same cases again. */
async function keepGuide({ env }: Stage, shown: ReadonlyMap<StoryName, string>): Promise<void> {
  await replacePrivateFile(markFile(env), `${JSON.stringify(Object.fromEntries(shown), null, 2)}\n`)
}

function hubUrlOf(env: NodeJS.ProcessEnv): string {
  return `http://127.0.0.1:${env['BACKHAUL_PORT'] ?? '8484'}`
}

async function hubAnswers(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/readyz`, { signal }).catch(() => null)
    signal.throwIfAborted()
    if (answer?.ok === true) return
    await sleep(hubLookMs, undefined, { signal })
  }
}

/** A command line in this process. */
function sessionOf(env: NodeJS.ProcessEnv): Session {
  const { stdin, stdout, stderr } = process
  const context = {
    version: '0.0.0',
    env,
    stdin,
    stdout,
    stderr,
    connectors: async () => connectors,
    channelsDir: async () => channelsDir,
    serve: async () => 1,
  }
  return createSession(context, { quiet: true, yes: true })
}

/**
 * The systems that an earlier demo played are gone, and forgot everything: what it left can be looked at, and
 * nothing is sent there any more. Where somebody has connected systems of their own, there is no demo at all.
 *
 * @returns whether there were connections.
 */
function endEarlierDemo(session: Session, env: NodeJS.ProcessEnv): Promise<boolean> {
  return withHub(session, async ({ connections, by }) => {
    const there = connections.list()
    if (there.length === 0) return false
    if (!existsSync(markFile(env))) return true
    const reason = 'The demo that played this system has ended.'
    for (const { id: connectionId, storedState } of there) {
      if (storedState === 'active') await connections.pauseConnection({ connectionId, reason }, by)
    }
    say(
      'the demo of an earlier start can be looked at; its systems are gone, their connections paused.',
    )
    say('To begin anew, stop the hub, delete its data folder, and start again.')
    return true
  })
}

/** Tells the next start that this folder is a demo's. */
function markFile(env: NodeJS.ProcessEnv): string {
  return join(env['BACKHAUL_DATA_DIR'] ?? '.backhaul', 'demo.json')
}
