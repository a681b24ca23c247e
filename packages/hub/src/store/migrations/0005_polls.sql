-- Polls: connections that are asked again and again what has changed, whether what returns refer to is still
-- there, and whether their credentials still hold.

-- How far each poll has been read; the same columns as `feed_cursor`, under the same code.
create table poll_cursor (
  connection_id text not null references connection (connection_id) on delete cascade,
  poll          text not null,     -- as the connector names it; 'presence' is the hub's own
  cursor        text,
  state         text not null default 'waiting' check (state in ('waiting', 'reading', 'failed')),
  due_at        timestamptz not null default now(),
  held_until    timestamptz,       -- a process reads a page until then
  held_by       uuid,              -- and which one: what a process held that is gone is free at once
  fence         integer not null default 0,
  failures      integer not null default 0,
  last_code     text,
  last_reason   text,
  run_started_at timestamptz,
  run_ended_at  timestamptz,
  first_ended_at timestamptz,      -- when it had been read to its end for the first time
  run_items     bigint not null default 0,   -- of the run that is under way, or the last one
  run_written   bigint not null default 0,
  run_refused   bigint not null default 0,
  total_items   bigint not null default 0,
  total_written bigint not null default 0,
  primary key (connection_id, poll)
) with (fillfactor = 80);

alter table feed_cursor add column held_by uuid;

-- What a poll has read is applied in the order in which it happened: such messages of a connection are taken
-- off by one process at a time.
alter table inbox_ready add column in_order boolean not null default false;

-- What each connection's check came to the last time.
create table connection_check (
  connection_id text primary key references connection (connection_id) on delete cascade,
  due_at        timestamptz not null default now(),
  checked_at    timestamptz,       -- null: not yet
  version       integer,           -- of the connection, as it was checked
  is_fine       boolean,
  account       text,
  notes         text[] not null default '{}',
  code          text,
  reason        text,
  duration_ms   integer,
  credential_expires_at timestamptz,
  failing_since timestamptz        -- the first of the checks in a row that failed
) with (fillfactor = 80);

-- Whether what a return refers to is still there is asked for some time after it has ended, too. What has not is
-- found by `case_headline_list`.
create index case_headline_ended on case_headline (since, case_id)
  where headline in ('closed', 'canceled', 'rejected', 'expired');
