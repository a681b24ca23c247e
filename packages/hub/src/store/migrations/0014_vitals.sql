-- How connections do. Each process counts its tries in memory and adds them up here four times a minute; nothing is
-- written with a try.

-- Tries of a connection within an hour.
create table connection_tries (
  connection_id text not null references connection (connection_id) on delete cascade,
  hour      timestamptz not null,
  delivered integer not null,
  retried   integer not null,
  unknown   integer not null,
  dead      integer not null,
  durations integer[] not null,   -- how many took how long: bounds in the hub's `connection-tries.ts`
  primary key (connection_id, hour)
) with (fillfactor = 70);

-- What the process that tried last knows of a connection.
create table connection_vitals (
  connection_id text primary key references connection (connection_id) on delete cascade,
  seen_at       timestamptz not null,
  seen_by       text not null,        -- name of the process
  is_open       boolean not null,     -- its breaker: nothing but probes is sent
  failures      integer not null,     -- in a row
  next_probe_at timestamptz,
  paused_until  timestamptz,          -- the system asked for a pause
  allowance_left  double precision,   -- as the system told; null where it does not
  allowance_limit double precision,
  allowance_resets_at timestamptz,
  last_tried_at   timestamptz,
  last_delivered_at timestamptz
) with (fillfactor = 70);
