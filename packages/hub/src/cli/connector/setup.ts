import type { Connector, SetupPlan, SetupState, SetupStep } from '@backhaul/sdk/connector'
import { type Command, Option } from 'commander'
import {
  recordSetup,
  type SetupTarget,
  setupTarget,
  takeSettings,
} from '../../pipeline/connection-setup.ts'
import type { Actions } from '../action.ts'
import { exitCodes } from '../exit-code.ts'
import type { Session } from '../session.ts'
import { cellText, paint } from '../table.ts'
import { type CliHub, withHub } from '../with-hub.ts'
import { findConnection } from './find-connection.ts'
import { addLentOptions, type LentOptions, readLent } from './lent-credential.ts'

interface SetupOptions extends LentOptions {
  readonly plan?: boolean
  readonly apply?: boolean
  readonly remove?: boolean
  readonly connection?: string
  /** False with `--no-configure`. */
  readonly configure: boolean
}

type Action = 'plan' | 'apply' | 'remove'

/** `backhaul <connector> setup`. */
export function addSetupCommand(group: Command, actions: Actions, connector: Connector): void {
  const command = group
    .command('setup')
    .description(
      `Prepare ${connector.title} for returns: says what there is and what is missing, and makes it with --apply.`,
    )
    .addOption(new Option('--plan', 'only look; done where nothing else is said'))
    .addOption(
      new Option('--apply', 'make what is missing, and mend what differs').conflicts('plan'),
    )
    .addOption(
      new Option('--remove', 'take back what was made, as far as nothing uses it').conflicts([
        'plan',
        'apply',
      ]),
    )
    .option('--connection <id>', 'which connection, where there are several')
    .option('--no-configure', 'leave the settings of the connection as they are')
  addLentOptions(command).action(
    actions.run<SetupOptions>((session, { options }) => run(session, { connector, options })),
  )
}

async function run(
  session: Session,
  given: { readonly connector: Connector; readonly options: SetupOptions },
): Promise<number | undefined> {
  const { connector, options } = given
  const credential = await readLent(session, options)
  return withHub(session, async (hub) => {
    const connectionId = findConnection(hub.connections, connector, options.connection)
    const target = setupTarget(hub, { connectionId, ...credential }, hub.by)
    const action = actionOf(options, session)
    if (action === 'remove') {
      await session.confirm(`Take back what was made in ${connector.title} for ${connectionId}?`)
    }
    const plan = await perform(session, { action, target, hub }).finally(target.end)
    const isConfigured = options.configure && (await configure(hub, { action, target, plan }))
    show(session, { connectionId, action, plan, isConfigured })
    return exitCodeOf(action, plan)
  })
}

function actionOf({ apply, remove }: SetupOptions, { isDryRun }: Session): Action {
  if (isDryRun) return 'plan'
  if (apply === true) return 'apply'
  return remove === true ? 'remove' : 'plan'
}

/** Tells each step as it ends, and writes down what came of it, also when it broke off. */
async function perform(
  session: Session,
  {
    action,
    target,
    hub,
  }: { readonly action: Action; readonly target: SetupTarget; readonly hub: CliHub },
): Promise<SetupPlan> {
  const { connector, context } = target
  const { setup } = connector
  if (setup === undefined) return { steps: [] }
  if (action === 'plan') {
    session.progress('Looking …')
    return setup.plan(context).finally(() => session.progress(null))
  }
  const steps: Record<string, string> = {}
  const onStep = (step: SetupStep) => {
    steps[step.key] = step.state
    session.say(`${words[action][step.state]}: ${step.title}`)
  }
  try {
    return await setup[action](context, onStep)
  } finally {
    const { connectionId } = context
    await recordSetup(hub, { connectionId, action, steps }, hub.by)
  }
}

async function configure(
  hub: CliHub,
  {
    action,
    target,
    plan,
  }: { readonly action: Action; readonly target: SetupTarget; readonly plan: SetupPlan },
): Promise<boolean> {
  const { settings } = plan
  if (action === 'plan' || settings === undefined) return false
  const { connectionId } = target.context
  return takeSettings(hub, { connectionId, settings }, hub.by)
}

/** What a state is called, after what was done. */
const words: Readonly<Record<Action, Readonly<Record<SetupState, string>>>> = {
  plan: {
    present: 'there',
    missing: 'missing',
    differs: 'differs',
    by_hand: 'by hand',
    unknown: 'unknown',
  },
  apply: {
    present: 'there',
    missing: 'not made',
    differs: 'not mended',
    by_hand: 'by hand',
    unknown: 'unknown',
  },
  remove: {
    present: 'stays',
    missing: 'gone',
    differs: 'in use',
    by_hand: 'by hand',
    unknown: 'unknown',
  },
}

const colors = {
  present: 'green',
  missing: 'yellow',
  differs: 'yellow',
  by_hand: 'cyan',
  unknown: 'gray',
} as const satisfies Record<SetupState, string>

function show(
  session: Session,
  result: {
    readonly connectionId: string
    readonly action: Action
    readonly plan: SetupPlan
    readonly isConfigured: boolean
  },
): void {
  const { connectionId, action, plan, isConfigured } = result
  const { steps, settings = {} } = plan
  session.show({ connectionId, action, steps, settings, isConfigured }, () => {
    const lines = steps.map(({ state, title, detail }) => {
      const word = paint(colors[state], words[action][state].padEnd(10), session)
      return `${word}  ${cellText(title)}\n${' '.repeat(12)}${cellText(detail)}`
    })
    return lines.join('\n')
  })
  if (isConfigured) session.say(`The settings of ${connectionId} were changed to fit.`)
  const open = steps.filter(({ state }) => state === 'missing' || state === 'differs').length
  if (action === 'plan' && open > 0) session.say(`${open} to make or mend: add --apply.`)
}

/** What only a person can do leaves nothing half done. */
function exitCodeOf(action: Action, { steps }: SetupPlan): number | undefined {
  const unfinished: Readonly<Record<Action, readonly SetupState[]>> = {
    plan: [],
    apply: ['missing', 'differs'],
    remove: ['differs'],
  }
  const isWhole = steps.every(({ state }) => !unfinished[action].includes(state))
  return isWhole ? undefined : exitCodes.partial
}
