import type { MasterData } from '../connect/master-data.ts'
import type { Metrics } from '../platform/metrics.ts'

const kinds = ['products', 'parties'] as const

/** Says how much master data this process keeps in memory, and what that takes. */
export function measureMasterData(metrics: Metrics, masterData: Pick<MasterData, 'figures'>): void {
  metrics.gauge({
    name: 'backhaul_master_data_rows',
    help: 'Products and parties that this process keeps in memory.',
    labels: { kind: kinds },
    collect: (gauge) => {
      const figures = masterData.figures()
      for (const kind of kinds) gauge.set(figures[kind].rows, { kind })
    },
  })
  metrics.gauge({
    name: 'backhaul_master_data_memory_bytes',
    help: 'Memory that they take.',
    labels: { kind: kinds },
    collect: (gauge) => {
      const figures = masterData.figures()
      for (const kind of kinds) gauge.set(figures[kind].bytes, { kind })
    },
  })
}
