import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/**
 * The values that a label takes: a closed list, or how many distinct ones are kept. Anything
 * beyond is counted under `other`, so that no input can grow the number of series without end.
 */
type LabelSpec = readonly string[] | { readonly max: number }

type MetricSpec = {
  /** Prometheus name, `backhaul_` first and the unit last: `backhaul_delivery_seconds`. */
  readonly name: string
  readonly help: string
  readonly labels?: Readonly<Record<string, LabelSpec>>
}

type Labels = Readonly<Record<string, string>>

type CounterMetric = { readonly add: (labels?: Labels, by?: number) => void }

type GaugeMetric = {
  readonly set: (value: number, labels?: Labels) => void
  /** Forgets every labeled value, before a `collect` writes those that exist now. */
  readonly clear: () => void
}

type HistogramMetric = { readonly observe: (value: number, labels?: Labels) => void }

export type Metrics = {
  readonly counter: (spec: MetricSpec) => CounterMetric
  /** `collect` runs at each scrape, for a value that is cheaper to read than to keep. */
  readonly gauge: (
    spec: MetricSpec & { readonly collect?: (gauge: GaugeMetric) => void | Promise<void> },
  ) => GaugeMetric
  readonly histogram: (
    spec: MetricSpec & { readonly buckets?: readonly number[] },
  ) => HistogramMetric
  /** Everything in the Prometheus text format. */
  readonly text: () => Promise<string>
  readonly contentType: string
}

/** Seconds, from a local transaction to a delivery deadline. */
const defaultBuckets = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 30, 60,
]

/**
 * Makes the registry of a process.
 *
 * @param options.withProcessMetrics - also memory, CPU, event loop lag and garbage collection.
 */
export function createMetrics({ withProcessMetrics = false } = {}): Metrics {
  const registry = new Registry()
  if (withProcessMetrics) collectDefaultMetrics({ register: registry })
  const base = (spec: MetricSpec) => ({
    name: spec.name,
    help: spec.help,
    labelNames: Object.keys(spec.labels ?? {}),
    registers: [registry],
  })

  return {
    counter(spec) {
      const limiters = labelLimiters(spec)
      const pending = new Map<string, { readonly labels: Record<string, string>; count: number }>()
      const counter: Counter = new Counter({
        ...base(spec),
        collect() {
          for (const { labels, count } of pending.values()) counter.inc(labels, count)
          pending.clear()
        },
      })
      return {
        // Counted here, and handed over at a scrape: the registry sorts and joins the labels at every step.
        add(labels = {}, by = 1) {
          let key = ''
          for (const [name, limit] of limiters) key += `${limit(labels[name] ?? 'none')}\n`
          const known = pending.get(key)
          if (known) known.count += by
          else pending.set(key, { labels: bindLabels(limiters, labels), count: by })
        },
      }
    },
    gauge(spec) {
      const limiters = labelLimiters(spec)
      const { collect } = spec
      const metric: GaugeMetric = {
        set: (value, labels = {}) => gauge.set(bindLabels(limiters, labels), value),
        clear: () => gauge.reset(),
      }
      const gauge = new Gauge({
        ...base(spec),
        ...(collect ? { collect: () => collect(metric) } : {}),
      })
      return metric
    },
    histogram(spec) {
      const limiters = labelLimiters(spec)
      const buckets = [...(spec.buckets ?? defaultBuckets)]
      const histogram = new Histogram({ ...base(spec), buckets })
      return {
        observe: (value, labels = {}) => histogram.observe(bindLabels(limiters, labels), value),
      }
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

type LabelLimiter = readonly [name: string, limit: (value: string) => string]

/** What brings each of a metric's label values within what the spec allows. */
function labelLimiters(spec: MetricSpec): readonly LabelLimiter[] {
  return Object.entries(spec.labels ?? {}).map(
    ([name, allowed]) => [name, valueLimiter(allowed)] as const,
  )
}

function bindLabels(limiters: readonly LabelLimiter[], labels: Labels): Record<string, string> {
  const bound: Record<string, string> = {}
  for (const [name, limit] of limiters) bound[name] = limit(labels[name] ?? 'none')
  return bound
}

function valueLimiter(allowed: LabelSpec): (value: string) => string {
  if ('max' in allowed) {
    const seen = new Set<string>()
    return (value) => {
      if (seen.has(value)) return value
      if (seen.size >= allowed.max) return 'other'
      seen.add(value)
      return value
    }
  }
  const values = new Set(allowed)
  return (value) => (values.has(value) ? value : 'other')
}
