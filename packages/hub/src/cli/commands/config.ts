import type { Command } from 'commander'
import { type DescribedValue, describeConfig } from '../../platform/config/describe-config.ts'
import { loadConfig } from '../../platform/config/load-config.ts'
import type { Actions, Handler } from '../action.ts'
import { type Column, table } from '../table.ts'

export function addConfigCommands(program: Command, actions: Actions): void {
  const group = program.command('config').description('Look at the configuration.')
  group
    .command('show')
    .description('Show every setting in force and where it was set, without secrets.')
    .action(actions.run(show))
}

const columns: readonly Column<DescribedValue>[] = [
  { title: 'SETTING', value: ({ key }) => key },
  { title: 'VALUE', value: ({ value }) => settingText(value) },
  { title: 'FROM', value: ({ source }) => source },
]

function settingText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (Array.isArray(value)) return value.join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const show: Handler<object> = async (session) => {
  const loaded = loadConfig({ configPath: session.configPath, env: session.context.env })
  const settings = describeConfig(loaded)
  session.show({ file: loaded.file, settings }, () =>
    table(settings, columns, { hasColor: session.hasColor }),
  )
}
