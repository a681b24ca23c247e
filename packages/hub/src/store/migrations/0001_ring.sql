-- The ring: messages in, cases, deliveries out, and the audit chain over all of it.
--
-- Two kinds of table. History is append-only, partitioned by day and dropped by partition: inbox_message,
-- case_event, outbox_delivery, delivery_attempt, audit_entry. Work that is still to be done stands in small
-- tables whose rows are inserted and deleted: inbox_ready, outbox_ready, case_timer, parked_message.
-- Rows of one case carry the case id as the leading key.

-- ---------------------------------------------------------------- connections and keys

create table connection (
  connection_id text primary key check (connection_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  connector     text not null,
  title         text not null,
  roles         text[] not null default '{}',
  config        jsonb not null,                -- fields that are secret are sealed
  subscriptions text[] not null default '{}',  -- event name patterns that this connection is told of
  address_token_hash bytea,                    -- for senders that sign nothing: the secret part of their address
  state         text not null default 'active' check (state in ('active', 'paused', 'disabled')),
  state_reason  text,
  version       integer not null default 1,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now()
);

create table route (
  role          text primary key,
  connection_id text not null references connection (connection_id) on delete cascade
);

create table authority (
  axis text not null,
  role text not null,
  primary key (axis, role)
);

create table api_key (
  key_id       text primary key,
  name         text not null,
  role         text not null,
  connection_id text references connection (connection_id) on delete restrict, -- speaks for this connection only
  secret_hash  bytea not null,
  created_by   text not null,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz
);

-- Facts about this database as a whole, such as a text that only its master key opens.
create table hub_fact (
  name  text primary key,
  value text not null
);

-- ---------------------------------------------------------------- processes

-- One row for each start of a hub process. A lease belongs to a start, not to a machine: a process that
-- comes back after a crash is another one, and finds what the dead one held by `host` and `pid`.
create table hub_node (
  node_id      uuid primary key,
  name         text not null,
  host         text not null,
  pid          integer not null,
  pid_started  text not null,
  started_at   timestamptz not null default now(),
  heartbeat_at timestamptz not null default now()
);

-- ---------------------------------------------------------------- inbox

create table inbox_dedupe (
  connection_id text not null,
  external_id   text not null,
  body_hash     bytea not null,
  message_id    uuid not null,
  received_at   timestamptz not null,
  primary key (connection_id, external_id)
);
-- The purge deletes the oldest rows; they lie in the order of their time.
create index inbox_dedupe_received on inbox_dedupe using brin (received_at);

create table inbox_message (
  connection_id text not null,
  message_id    uuid not null,
  received_at   timestamptz not null,
  topic         text not null,
  external_id   text not null,
  body_hash     bytea not null,
  body          bytea not null,
  actor         text not null,
  owns          text,                  -- axes that the sender may move; null: those of its connection
  traceparent   text,
  -- How it ended; null while it waits. Set once by the insert on the fast path.
  outcome       text check (outcome in ('applied', 'repeated', 'refused', 'parked')),
  code          text,
  case_id       uuid,
  result        json,
  primary key (connection_id, message_id, received_at)
) partition by range (received_at);

-- Messages that wait for the processor: results of deliveries, timers, released and replayed messages,
-- and everything that a process without the role `process` took in.
create table inbox_ready (
  ready_id      bigint generated always as identity primary key,
  connection_id text not null,
  message_id    uuid not null,
  received_at   timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);

-- Messages that need something before they can be applied: a case that is not there yet, or a person.
create table parked_message (
  message_id    uuid primary key,
  connection_id text not null,
  received_at   timestamptz not null,
  topic         text not null,
  code          text not null,
  detail        text,
  parked_at     timestamptz not null,
  retry_at      timestamptz,
  replays       integer not null default 0
);
create index parked_message_retry on parked_message (retry_at) where retry_at is not null;
create index parked_message_code on parked_message (code, message_id);
create index parked_message_connection on parked_message (connection_id, message_id);

-- What a parked message waits for: the identifiers that would lead it to its case.
create table parked_ref (
  value      text not null,
  type       text not null,
  system     text not null,
  message_id uuid not null references parked_message (message_id) on delete cascade,
  primary key (value, type, system, message_id)
);
create index parked_ref_message on parked_ref (message_id);

-- ---------------------------------------------------------------- cases

create sequence case_no_seq;

create table return_case (
  case_id      uuid primary key,
  case_seq     bigint not null unique,
  case_no      text not null,
  company      text not null,
  channel      text not null,
  kind         text not null,
  version      integer not null,        -- grows by one with every event
  snapshot_version integer not null,    -- of the case's row in case_snapshot; 0 where it has none
  delivery_seq integer not null,        -- number of the last command owed
  order_refs   text[] not null,         -- these three are of the state, for lists
  customer_id  text,
  line_count   integer not null,
  created_at   timestamptz not null,
  updated_at   timestamptz not null
) with (
  fillfactor = 70,
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_cost_delay = 0
);

-- The fold of a case's events up to one of them: written every few events, so that a state of some
-- kilobytes is not written with each. What came later is folded on top of it when the case is read.
create table case_snapshot (
  case_id  uuid primary key,
  version  integer not null,
  state    text not null,               -- JSON, written whole and never searched
  seen     text not null,               -- short digests of the ids of the events that are in it
  taken_at timestamptz not null         -- nothing that is not in it was recorded before
) with (
  fillfactor = 80,
  -- Compressing a state each time costs more than its bytes.
  toast_tuple_target = 8160,
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_cost_delay = 0
);

-- For lists; neither column ever changes.
create index return_case_channel on return_case (channel, case_seq);
create index return_case_company on return_case (company, case_seq);

-- What lists are filtered by. Apart from the case, so that the busy row has no changing indexed column.
create table case_headline (
  case_id  uuid primary key,
  case_seq bigint not null,
  channel  text not null,
  company  text not null,
  headline text not null,
  since    timestamptz not null
);
create index case_headline_list on case_headline (headline, case_seq);
-- Two filters that hardly any case fits must not make a list look through all that fit one of them.
create index case_headline_channel on case_headline (headline, channel, case_seq);
create index case_headline_company on case_headline (headline, company, case_seq);

create table external_ref (
  value       text not null,
  type        text not null,
  system      text not null,
  case_id     uuid not null,
  identifying boolean not null,  -- belongs to one case only, so that it finds the case
  bound_at    timestamptz not null,
  primary key (value, type, system, case_id)
);
create unique index external_ref_identifying on external_ref (value, type, system) where identifying;
create index external_ref_case on external_ref (case_id);

create table case_event (
  case_id     uuid not null,
  seq         integer not null,
  recorded_at timestamptz not null,
  event_key   text not null,            -- short digest of (connection, source, event id)
  event_id    text not null,
  type        text not null,
  occurred_at timestamptz not null,
  source      text not null,
  actor       text not null,
  owns        text not null,
  message_id  uuid not null,
  data        json not null,
  room        json,
  effect      json not null,
  primary key (case_id, seq, recorded_at)
) partition by range (recorded_at);

create table case_timer (
  case_id uuid not null,
  kind    text not null,
  key     text not null,
  due_at  timestamptz not null,
  primary key (case_id, kind, key)
);
create index case_timer_due on case_timer (due_at);

create table exception (
  exception_id uuid primary key,
  case_id      uuid,
  key          text not null,
  code         text not null,
  object       text not null,
  severity     text not null check (severity in ('blocking', 'warning', 'info')),
  queue        text not null,
  owner        text,
  status       text not null check (status in ('open', 'resolved')),
  detail       text,
  opened_at    timestamptz not null,
  due_at       timestamptz,
  resolved_at  timestamptz,
  action       text,
  recurrences  integer not null default 0
);
create unique index exception_key on exception (coalesce(case_id, '00000000-0000-0000-0000-000000000000'), key);
create index exception_open on exception (exception_id) where status = 'open';
create index exception_open_queue on exception (queue, exception_id) where status = 'open';

-- ---------------------------------------------------------------- ledgers

-- Quantities of a line, in base units. The core keeps the same rules; these make a fault in it visible
-- as a refused transaction instead of a wrong stock.
create table quantity_ledger (
  case_id     uuid not null,
  line_no     integer not null,
  requested   numeric(18, 6) not null check (requested >= 0),
  authorized  numeric(18, 6) not null check (authorized >= 0),
  received    numeric(18, 6) not null check (received >= 0),
  surplus     numeric(18, 6) not null check (surplus >= 0),
  accepted    numeric(18, 6) not null check (accepted >= 0),
  rejected    numeric(18, 6) not null check (rejected >= 0),
  disposed    numeric(18, 6) not null check (disposed >= 0),
  credited    numeric(18, 6) not null check (credited >= 0),
  primary key (case_id, line_no),
  constraint no_over_return check (received <= authorized),
  constraint inspected_was_received check (accepted + rejected <= received + surplus),
  constraint disposed_was_received check (disposed <= received + surplus),
  constraint credited_was_authorized check (credited <= greatest(authorized, requested))
) with (fillfactor = 80);

create table money_ledger (
  case_id        uuid primary key,
  currency       text not null,
  invoiced_minor bigint not null check (invoiced_minor >= 0),
  goodwill_minor bigint not null check (goodwill_minor >= 0),
  posted_minor   bigint not null check (posted_minor >= 0),
  captured_minor bigint not null check (captured_minor >= 0),
  refunded_minor bigint not null check (refunded_minor >= 0),
  is_invoiced    boolean not null,
  is_captured    boolean not null,
  constraint credit_within_invoice check (not is_invoiced or posted_minor <= invoiced_minor + goodwill_minor),
  constraint refund_within_payment check (not is_captured or refunded_minor <= captured_minor)
) with (fillfactor = 80);

-- What can be used up once, over all cases and channels: the quantity and the amount of an invoice
-- line, and a payment.
create table capacity_ledger (
  kind     text not null check (kind in ('invoice_quantity', 'invoice_amount', 'payment')),
  key      text not null,
  capacity numeric(24, 6) not null check (capacity >= 0),
  used     numeric(24, 6) not null default 0 check (used >= 0),
  primary key (kind, key),
  constraint used_at_most_once check (used <= capacity)
) with (fillfactor = 80);

create table capacity_use (
  kind    text not null,
  key     text not null,
  case_id uuid not null,
  amount  numeric(24, 6) not null check (amount >= 0),
  primary key (kind, key, case_id)
);
create index capacity_use_case on capacity_use (case_id);

-- ---------------------------------------------------------------- outbox

create table outbox_delivery (
  case_id       uuid not null,
  delivery_no   integer not null,
  created_at    timestamptz not null,
  connection_id text not null,
  role          text not null,
  command_type  text not null,
  command_key   text not null,
  case_no       text not null,
  case_version  integer not null,
  occurred_at   timestamptz not null,
  traceparent   text,
  replay_of     integer,
  body          json not null,
  primary key (case_id, delivery_no, created_at)
) partition by range (created_at);

-- Deliveries that have not ended. A row without a holder is due at `due_at`; one with a holder is held
-- until then. In each lane (connection, case) only the first row may be
-- due; those behind it stand at 'infinity' until the one before them has ended, or are leased with it.
create table outbox_ready (
  connection_id text not null,
  case_id       uuid not null,
  delivery_no   integer not null,
  created_at    timestamptz not null,
  due_at        timestamptz not null,
  attempt       integer not null default 0,
  fence         integer not null default 1,
  lease_node    uuid,
  is_unknown    boolean not null default false,
  is_followed   boolean not null default false,  -- somebody waits behind it and is woken when it ends
  last_code     text,
  primary key (connection_id, case_id, delivery_no)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
-- Only what nobody holds is looked for by its time: a delivery that was born leased and succeeds at once
-- never enters this index.
create index outbox_ready_due on outbox_ready (connection_id, due_at) where lease_node is null;

create table outbox_dead (
  case_id       uuid not null,
  delivery_no   integer not null,
  created_at    timestamptz not null,
  connection_id text not null,
  command_type  text not null,
  attempts      integer not null,
  code          text not null,
  reason        text,
  died_at       timestamptz not null,
  primary key (case_id, delivery_no)
);
create index outbox_dead_list on outbox_dead (connection_id, case_id, delivery_no);

create table delivery_attempt (
  case_id     uuid not null,
  delivery_no integer not null,
  attempt     integer not null,
  at          timestamptz not null,
  outcome     text not null check (outcome in ('delivered', 'retry', 'unknown', 'dead', 'read_back')),
  status      integer,
  code        text,
  reason      text,
  duration_ms integer not null,
  external_id text,
  primary key (case_id, delivery_no, attempt, at)
) partition by range (at);

-- ---------------------------------------------------------------- audit

-- Each writing process has a chain of its own, so that no process waits for another one's commit. The
-- chains are linked in the order in which they were opened.
create table audit_chain (
  chain_no   bigint primary key,
  chain_id   uuid not null unique,
  writer     text not null,
  opened_at  timestamptz not null,
  link       bytea not null,     -- SHA-256 over the previous chain's link and this row
  seq        bigint not null,    -- last entry
  head       bytea not null,     -- hash of the last entry
  seal       bytea not null      -- HMAC of (chain, seq, head) under the hub's master key
) with (fillfactor = 50);

create table audit_entry (
  chain_id     uuid not null,
  seq          bigint not null,
  recorded_at  timestamptz not null,
  actor        text not null,
  action       text not null,
  object_type  text not null,
  object_id    text not null,
  case_seq     integer,          -- the case event that it stands for
  detail       json,
  content_hash bytea,            -- SHA-256 of that event's content
  hash         bytea not null,
  primary key (chain_id, seq, recorded_at)
) partition by range (recorded_at);
-- What was done to a case stands in its history; only the rest is looked for here.
create index audit_entry_object on audit_entry (object_id, recorded_at) where case_seq is null;
create index audit_entry_actor on audit_entry (actor, recorded_at) where case_seq is null;

-- ---------------------------------------------------------------- partitions

-- Makes the day partitions of every history table from `from_day` for `days` days. Safe to repeat, and
-- safe while others insert: a new partition locks the parent for as long as its catalog rows take.
create function ensure_day_partitions(from_day date, days integer) returns integer
language plpgsql as $$
declare
  parent text;
  day date;
  name text;
  made integer := 0;
begin
  foreach parent in array array['inbox_message', 'case_event', 'outbox_delivery', 'delivery_attempt', 'audit_entry'] loop
    for day in select from_day + n from generate_series(0, days - 1) n loop
      name := format('%s_%s', parent, to_char(day, 'YYYYMMDD'));
      if to_regclass(name) is null then
        execute format(
          'create table if not exists %I partition of %I for values from (%L) to (%L)',
          name, parent, (day::text || ' 00:00:00+00'), ((day + 1)::text || ' 00:00:00+00'));
        made := made + 1;
      end if;
    end loop;
  end loop;
  return made;
end $$;
