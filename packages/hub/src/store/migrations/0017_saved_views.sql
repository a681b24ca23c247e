-- Lists as people keep them: what the address of a screen says, under a name. Accounts are closed and never deleted: what
-- somebody shared stays with the team, and what they did not share is read by nobody until their account is open again.
create table saved_view (
  view_id    uuid primary key,
  screen     text not null check (screen in ('cases', 'exceptions', 'dead_letters')),
  name       text not null,
  -- Names and values of the address. 4 kB as they come in; the database writes long numbers out.
  search     jsonb not null check (jsonb_typeof(search) = 'object' and octet_length(search::text) <= 32768),
  owner_id   uuid not null references user_account,   -- who made it
  is_shared  boolean not null,
  revision   int not null default 1,
  created_at timestamptz not null default date_trunc('milliseconds', now()),
  changed_at timestamptz not null default date_trunc('milliseconds', now()),
  changed_by text not null                            -- as the audit log names them: its owner, or an administrator
);
-- One's own by name, each name once.
create unique index saved_view_own on saved_view (owner_id, screen, lower(name));
-- Those of the team by name.
create index saved_view_shared on saved_view (screen, lower(name), view_id) where is_shared;
