import type { Command } from 'commander'
import type { Actions } from '../action.ts'
import { fields } from '../table.ts'

export function addVersionCommand(program: Command, actions: Actions): void {
  program
    .command('version')
    .description('Show the version, and what it runs on.')
    .action(
      actions.run(async (session) => {
        const { version } = session.context
        const { platform, arch, versions } = process
        const shown = { version, node: versions.node, platform: `${platform}-${arch}` }
        session.show(shown, () =>
          fields([
            ['Backhaul', version],
            ['Node.js', shown.node],
            ['Platform', shown.platform],
          ]),
        )
      }),
    )
}
