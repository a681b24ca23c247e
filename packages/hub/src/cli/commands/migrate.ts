import type { Command } from 'commander'
import { assertDurable } from '../../store/database.ts'
import { migrate, pendingMigrations } from '../../store/migrate.ts'
import type { Actions, Handler } from '../action.ts'
import { withDatabase } from '../with-database.ts'

export function addMigrateCommand(program: Command, actions: Actions): void {
  program
    .command('migrate')
    .description('Bring the tables of the database up to this version. `serve` does it, too.')
    .option('--plan', 'only say what would run')
    .action(actions.run(run))
}

const run: Handler<{ readonly plan?: boolean }> = (session, { options }) =>
  withDatabase(session, { database: 'any' }, async ({ pool }) => {
    const pending = await pendingMigrations(pool)
    if ((options.plan ?? false) || session.isDryRun) {
      session.show({ pending }, () => pending.join('\n'))
      if (pending.length === 0) session.say('Nothing is to be done.')
      return
    }
    await assertDurable(pool)
    const ran = await migrate(pool, { log: session.say })
    session.show({ ran }, () => ran.join('\n'))
    if (ran.length === 0) session.say('Everything was up to date.')
  })
