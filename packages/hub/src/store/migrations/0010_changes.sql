-- What the stream of changes looks for each second while somebody listens. No row of the ring's hot path is in any
-- of these indexes: chains are opened with a process, and exceptions of no case are rare.

create index audit_chain_opened on audit_chain (opened_at);
create index exception_loose_opened on exception (opened_at) where case_id is null;
create index exception_loose_resolved on exception (resolved_at) where case_id is null and resolved_at is not null;
