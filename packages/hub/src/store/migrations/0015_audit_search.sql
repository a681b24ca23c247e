-- The audit log as a whole, the newest first, without what stands in the histories of cases. Its condition on the
-- kind of object, which holds for every entry, keeps it from being taken where an object or an actor is asked for:
-- read through for a rare one, it would be read to its end.
create index audit_entry_recent on audit_entry (recorded_at, chain_id, seq)
  where case_seq is null and object_type <> '';
