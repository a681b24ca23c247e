-- Words: documents under change control, what systems' words mean, and what waits for a word.

-- ---------------------------------------------------------------- documents

-- Every version of every document that says how messages are read and decided on. A version's content
-- never changes; its state does: draft, checked, reviewed, active, retired.
create table document (
  document_id  uuid primary key,
  kind         text collate "C" not null check (kind in ('mapping', 'policy')),
  name         text collate "C" not null,
  version      integer not null check (version > 0),
  state        text not null check (state in ('draft', 'checked', 'reviewed', 'active', 'retired')),
  revision     integer not null default 1,  -- grows by one with every change of this row
  content      text not null,
  content_hash bytea not null,              -- SHA-256 of the content in UTF-8
  note         text,
  replaces     integer,                     -- the version that was active when this one first became so
  created_by   text not null,
  created_at   timestamptz not null default now(),
  checked_by   text,
  checked_at   timestamptz,
  reviewed_by  text,
  reviewed_at  timestamptz,
  activated_by text,
  activated_at timestamptz,
  retired_by   text,
  retired_at   timestamptz,
  unique (kind, name, version),
  constraint active_was_checked check (state not in ('checked', 'reviewed', 'active') or checked_at is not null)
);
create unique index document_active on document (kind, name) where state = 'active';

-- ---------------------------------------------------------------- vocabularies

-- What a word of a system means. An entry without a connection holds for all of them, one without a
-- company for every company; the most specific one that is valid wins, and the latest among equals.
create table vocabulary_entry (
  entry_id        uuid primary key,
  vocabulary      text collate "C" not null,
  connection_id   text collate "C" references connection (connection_id) on delete cascade,
  company         text collate "C",
  source_key      text collate "C" not null,  -- the word as words are compared
  source_value    text not null,
  canonical_value text collate "C" not null,
  valid_from      timestamptz,
  valid_to        timestamptz,
  changed_by      text not null,
  changed_at      timestamptz not null default now(),
  constraint valid_for_some_time check (valid_from < valid_to)
);
create unique index vocabulary_entry_scope
  on vocabulary_entry (vocabulary, source_key, connection_id, company, valid_from) nulls not distinct;
create index vocabulary_entry_list on vocabulary_entry (vocabulary, source_key, entry_id);
create index vocabulary_entry_connection on vocabulary_entry (connection_id, vocabulary, source_key, entry_id);
create index vocabulary_entry_age on vocabulary_entry (vocabulary, entry_id);
create index vocabulary_entry_canonical on vocabulary_entry (vocabulary, canonical_value);

-- Who changed what: an entry before and after.
create table vocabulary_change (
  change_id  bigint generated always as identity primary key,
  entry_id   uuid not null,
  vocabulary text collate "C" not null,
  source_key text collate "C" not null,
  action     text not null check (action in ('added', 'changed', 'removed')),
  before     jsonb,
  after      jsonb,
  changed_by text not null,
  changed_at timestamptz not null default now()
);
create index vocabulary_change_list on vocabulary_change (vocabulary, change_id);
create index vocabulary_change_word on vocabulary_change (vocabulary, source_key, change_id);

-- ---------------------------------------------------------------- what waits for a word

-- Words that nobody had translated when a message was read, for each message that is parked for them.
create table parked_value (
  message_id    uuid not null,
  vocabulary    text collate "C" not null,
  connection_id text collate "C" not null,
  company       text collate "C",
  value         text not null,
  value_key     text collate "C" not null,
  is_released   boolean not null default false,  -- its message is queued for another try
  primary key (message_id, vocabulary, value_key)
);
-- A message's id tells its time: the first and the last of a word are the ends of its part of this index.
create index parked_value_waiting on parked_value (vocabulary, connection_id, value_key, message_id)
  where not is_released;
create index parked_value_word on parked_value (vocabulary, value_key, connection_id);

-- ---------------------------------------------------------------- what processes remember

-- How often each vocabulary, and each kind of document, was changed: processes that keep them in memory
-- look here whether they have to read them anew. Written by triggers, so that a change by hand counts too.
-- A row is locked until the change is committed, so that whoever holds it sees all changes or keeps them waiting.
create table word_revision (
  name     text primary key,
  revision bigint not null default 1
);

create function count_vocabulary_change() returns trigger language plpgsql as $$
begin
  insert into word_revision (name)
  select distinct 'vocabulary:' || vocabulary from changed order by 1
  on conflict (name) do update set revision = word_revision.revision + 1;
  return null;
end $$;
create trigger vocabulary_added after insert on vocabulary_entry
  referencing new table as changed for each statement execute function count_vocabulary_change();
create trigger vocabulary_changed after update on vocabulary_entry
  referencing new table as changed for each statement execute function count_vocabulary_change();
create trigger vocabulary_removed after delete on vocabulary_entry
  referencing old table as changed for each statement execute function count_vocabulary_change();

create function count_document_change() returns trigger language plpgsql as $$
begin
  insert into word_revision (name)
  select distinct 'document:' || kind from changed order by 1
  on conflict (name) do update set revision = word_revision.revision + 1;
  return null;
end $$;
create trigger document_added after insert on document
  referencing new table as changed for each statement execute function count_document_change();
create trigger document_changed after update on document
  referencing new table as changed for each statement execute function count_document_change();
create trigger document_removed after delete on document
  referencing old table as changed for each statement execute function count_document_change();

create function count_all_words_changed() returns trigger language plpgsql as $$
begin
  update word_revision set revision = revision + 1;
  return null;
end $$;
create trigger vocabulary_emptied after truncate on vocabulary_entry
  for each statement execute function count_all_words_changed();
create trigger document_emptied after truncate on document
  for each statement execute function count_all_words_changed();
