import { DocumentPane } from './document-pane.tsx'
import { ResultPane } from './result-pane.tsx'
import { SamplePane } from './sample-pane.tsx'
import type { Bench } from './use-bench.ts'

/** What comes in, what the document says of it, and what comes out, side by side. */
export function BenchView({
  bench,
  onMessage,
}: {
  readonly bench: Bench
  readonly onMessage: (message: string) => void
}) {
  return (
    <div className="mapping-panes">
      <SamplePane bench={bench} onMessage={onMessage} />
      <DocumentPane bench={bench} />
      <ResultPane bench={bench} />
    </div>
  )
}
