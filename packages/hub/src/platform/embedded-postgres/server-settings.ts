/**
 * The settings of the embedded server. It serves one hub on one small machine: many short
 * transactions, few connections, little memory, and nothing acknowledged may be lost.
 */
const settings: Readonly<Record<string, string>> = {
  // 127.0.0.1 only, and no Unix sockets, whose folders differ between systems.
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  // A question without a time looks into every day's partition, and locks each with its indexes.
  max_locks_per_transaction: '512',
  password_encryption: 'scram-sha-256',
  // A backend whose hub was killed ends at once instead of when it next answers.
  client_connection_check_interval: '2s',

  // What was acknowledged survives a power failure.
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',

  // `replica`, so that the log can be archived. Few checkpoints: each makes the log grow by whole
  // pages again. What this costs is a longer recovery, of some seconds for 2 GB.
  wal_level: 'replica',
  max_wal_senders: '0',
  max_wal_size: '2GB',
  min_wal_size: '256MB',
  wal_buffers: '16MB',
  checkpoint_timeout: '15min',

  shared_buffers: '128MB',
  effective_cache_size: '512MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  huge_pages: 'off',
  random_page_cost: '1.1',
  jit: 'off',
  io_method: 'sync',
  max_worker_processes: '4',
  max_logical_replication_workers: '0',
  max_parallel_workers_per_gather: '1',

  // Ready tables see every row inserted, updated and deleted within moments.
  autovacuum_naptime: '15s',
  autovacuum_max_workers: '2',
  autovacuum_vacuum_scale_factor: '0.05',
  autovacuum_analyze_scale_factor: '0.05',
  autovacuum_vacuum_cost_limit: '1000',

  // Statements, parameters and the detail of an error can hold a customer's data.
  log_destination: 'stderr',
  logging_collector: 'off',
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',

  timezone: 'UTC',
  log_timezone: 'UTC',
  datestyle: 'iso, ymd',
  lc_messages: 'C',
  lc_monetary: 'C',
  lc_numeric: 'C',
  lc_time: 'C',
  default_text_search_config: 'pg_catalog.simple',
}

/** `postgresql.conf`; `local.conf` beside it is the operator's own, and wins. */
export function serverConf(own: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ ...settings, ...own }).map(
    ([name, value]) => `${name} = ${quote(value)}`,
  )
  return [
    '# Written by Backhaul at every start. What you want to change goes into local.conf.',
    ...lines,
    "include_if_exists = 'local.conf'",
    '',
  ].join('\n')
}

function quote(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

/** What `local.conf` says at first. */
export const localConf =
  '# Settings of your own for the embedded database, such as: shared_buffers = 512MB\n'

/** `pg_hba.conf`: from this machine, with a password, and no other way. */
export const hostBasedAuthentication = `# Written by Backhaul.
host all all 127.0.0.1/32 scram-sha-256
`
