-- Actions on many things at once: what is to be done is written down item by item before it begins, so that whoever
-- goes on with it after a process has died knows what is done. A few at a time, each gone some months after its end.
create table bulk_operation (
  operation_id uuid primary key,
  kind         text not null,
  request      jsonb not null,              -- as it was asked for
  state        text not null check (state in ('planned', 'running', 'canceling', 'canceled', 'done')),
  actor        text not null,
  role         text not null,
  is_cut       boolean not null,            -- more would have fitted than one operation takes
  total        int not null,                -- items that are to be done; those left out are not among them
  excluded     int not null,
  done         int not null default 0,
  failed       int not null default 0,
  created_at   timestamptz not null default date_trunc('milliseconds', now()),
  started_at   timestamptz,
  ended_at     timestamptz,
  leased_by    uuid,
  leased_until timestamptz
);
create index bulk_operation_newest on bulk_operation (created_at desc, operation_id desc);
create index bulk_operation_of_actor on bulk_operation (actor, created_at desc, operation_id desc);
create index bulk_operation_under_way on bulk_operation (started_at) where state in ('running', 'canceling');

create table bulk_item (
  operation_id uuid not null references bulk_operation on delete cascade,
  item_no      int not null,
  target       text not null,               -- the id that the action takes
  label        text not null,               -- as people call it
  state        text not null check (state in ('waiting', 'working', 'done', 'failed', 'excluded', 'canceled')),
  code         text,
  detail       text,
  ended_at     timestamptz,
  primary key (operation_id, item_no)
);
create index bulk_item_of_state on bulk_item (operation_id, state, item_no);
