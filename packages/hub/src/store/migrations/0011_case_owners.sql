-- Who looks after a return: a note of people's beside it, no part of its history.
create table case_owner (
  case_id     uuid primary key references return_case (case_id) on delete cascade,
  owner       text not null,
  assigned_by text not null,
  assigned_at timestamptz not null default now()
);
create index case_owner_list on case_owner (owner, case_id);
