-- Messages that a person has put in the place of parked ones: the original stays as it came in, and says nothing
-- more; what became of it is told here. A row goes with the edited message, which came in at `edited_at`.
create table message_edit (
  original_id uuid primary key,
  edited_id   uuid not null unique,
  edited_by   text not null,
  edited_at   timestamptz not null,
  reason      text not null
);
create index message_edit_day on message_edit (edited_at);
