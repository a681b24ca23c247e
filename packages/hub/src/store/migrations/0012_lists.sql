-- What lists of returns are filtered and sorted by. Nothing here is written with every event: a row of
-- `case_headline` is written when one of these changes, and once in five minutes at most for `touched_at`.

alter table case_headline
  add column kind         text,
  add column priority     text,
  add column stage        text,            -- null: written before there was one; the tick fills it in
  add column needs_review boolean not null default false,
  add column waiting_on   text,
  add column owner        text,
  add column sla_due_at   timestamptz not null default 'infinity',
  add column touched_at   timestamptz;     -- begin of the five minutes of its last event

create index case_headline_stage on case_headline (stage, case_seq);
-- Those that have ended are most of the rows, and are asked for apart.
create index case_headline_open_since on case_headline (since, case_seq) where stage <> 'done';
create index case_headline_done_since on case_headline (since, case_seq) where stage = 'done';
create index case_headline_waiting on case_headline (waiting_on, case_seq) where waiting_on is not null;
create index case_headline_touched on case_headline (touched_at, case_seq);
-- Few rows are in these.
create index case_headline_review on case_headline (case_seq) where needs_review;
create index case_headline_owner on case_headline (owner, case_seq) where owner is not null;
create index case_headline_sla on case_headline (sla_due_at, case_seq) where sla_due_at < 'infinity';
create index case_headline_unfilled on case_headline (case_seq) where stage is null;

-- Identifiers by how they begin. Where text sorts by its bytes, the primary key does that already.
do $$
begin
  if (select datcollate not in ('C', 'POSIX') from pg_database where datname = current_database()) then
    create index external_ref_prefix on external_ref (value text_pattern_ops);
  end if;
end $$;

-- What people say of an open exception without dealing with it. Both end when it is resolved, or comes again.
alter table exception
  add column acknowledged_by text,
  add column acknowledged_at timestamptz,
  add column snoozed_until   timestamptz;

-- Dead deliveries that somebody gave up. They stay in the history, and are not sent again.
create table delivery_discard (
  case_id      uuid not null,
  delivery_no  integer not null,
  discarded_at timestamptz not null default now(),
  discarded_by text not null,
  reason       text not null,
  primary key (case_id, delivery_no)
);
