import { closedLoop } from './closed-loop.ts'
import type { Command, Report } from './commands.ts'
import { drain } from './drain.ts'
import { openLoop } from './open-loop.ts'
import { Sink } from './sink.ts'
import { sinkCount, Tracker } from './tracker.ts'

/**
 * The load process: all senders and both sinks, so that one clock sees an event leave and arrive. It is
 * told what to do by its parent, and ends with it.
 */
export async function runLoadProcess(): Promise<void> {
  const trackers = new Map<string, Tracker>()
  const sinks = Array.from({ length: sinkCount }, (_, number) => new Sink(number, trackers))
  const sinkPorts = await Promise.all(sinks.map((sink) => sink.listen()))
  process.on('message', (command: Command) => {
    void obey(trackers, command).then((result) => say({ kind: 'result', result }))
  })
  process.once('disconnect', () => process.exit(0))
  say({ kind: 'ready', sinkPorts })
}

async function obey(trackers: Map<string, Tracker>, command: Command) {
  switch (command.kind) {
    case 'closed':
      return closedLoop(trackerOf(trackers, command), command.load, (isMeasuring) =>
        say({ kind: 'measuring', isMeasuring }),
      )
    case 'open':
      return openLoop(trackerOf(trackers, command), command.load)
    case 'expect':
      trackerOf(trackers, { tag: command.tag, capacity: command.count }).expect(command.count)
      return null
    case 'drain': {
      const backlog = trackers.get(command.tag)
      if (!backlog) throw new Error(`no run ${command.tag}`)
      const capacity = Math.ceil((command.load.rate * command.limitMs) / 1000) * 2
      const live = trackerOf(trackers, { tag: command.liveTag, capacity })
      return drain({ backlog, live }, command, (done, of) => say({ kind: 'progress', done, of }))
    }
  }
}

/** A run of its own, under its own name. */
function trackerOf(
  trackers: Map<string, Tracker>,
  { tag, capacity }: { readonly tag: string; readonly capacity: number },
): Tracker {
  const tracker = new Tracker(tag, capacity)
  trackers.set(tag, tracker)
  return tracker
}

function say(report: Report): void {
  process.send?.(report)
}
