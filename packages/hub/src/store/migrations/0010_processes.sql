-- What each hub process says of itself, four times a minute, for those who look after it.
alter table hub_node
  add column roles         text[] not null default '{}',
  add column memory_bytes  bigint,
  add column loop_delay_ms double precision,  -- the longest that anything waited for its turn, of 99 in 100
  add column clock_ahead_ms double precision, -- its clock against the server's
  add column disk_free_bytes bigint,          -- where its data folder is
  add column disk_total_bytes bigint;
