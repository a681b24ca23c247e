import type { Connector } from '@backhaul/sdk/connector'
import type { Command } from 'commander'
import type { Actions } from '../action.ts'
import { addConnectorDoctor } from './doctor.ts'
import { addSetupCommand } from './setup.ts'

/**
 * Adds the commands of each connector that has any, under its key: `backhaul <connector> setup`. A connector
 * whose key is the first word of a command of the hub has to do without.
 */
export function addConnectorCommands(
  program: Command,
  actions: Actions,
  connectors: readonly Connector[],
): void {
  const taken = new Set(program.commands.map((command) => command.name()))
  for (const connector of connectors) {
    const { key, title, setup, diagnose } = connector
    if (taken.has(key) || (setup === undefined && diagnose === undefined)) continue
    const group = program
      .command(key)
      .description(`Prepare ${title} for returns, and find what is missing there.`)
    if (setup !== undefined) addSetupCommand(group, actions, connector)
    if (diagnose !== undefined) addConnectorDoctor(group, actions, connector)
  }
}
