-- Decisions by rule sets, and who plays a role or owns an axis where.

-- ---------------------------------------------------------------- policy

-- Returns that a rule set has to be asked about. Guarded by the row of the case: whoever changes one holds it.
create table policy_due (
  case_id  uuid primary key,
  due_at   timestamptz not null,
  failures integer not null default 0
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
create index policy_due_at on policy_due (due_at);

-- What was decided, by which rules, and on what grounds. Rows are only ever added. The decision can be worked
-- out again from `inputs`, which say what was known at that moment.
create table policy_decision (
  decision_id      uuid primary key,
  case_id          uuid not null,
  case_version     integer not null,
  decided_at       timestamptz not null,
  decided_by       text not null,       -- 'hub', or the person who decided against the rules
  rule_set         text not null,
  rule_set_version integer not null,
  verdict          text not null check (verdict in ('allow', 'modify', 'need_info', 'refer', 'deny')),
  lines            json not null,
  reasons          json not null,
  terms            json,
  inputs           json not null,
  inputs_digest    text not null
);
create index policy_decision_case on policy_decision (case_id, decision_id);

-- Which returns name a serial number: a piece comes back once. Apart from the other identifiers, of which a
-- return has few.
create table serial_claim (
  serial  text not null,
  case_id uuid not null,
  primary key (serial, case_id)
);

-- ---------------------------------------------------------------- where and when a role is played

-- A row without a scope is for all returns, as every row was until now. Of several that fit a return, the one
-- that names most of company, warehouse and channel holds, and of those the one that began last.
alter table route drop constraint route_pkey;
alter table route
  add column company    text,
  add column warehouse  text,
  add column channel    text,
  add column valid_from timestamptz,
  add column valid_to   timestamptz,
  add constraint route_valid check (valid_from < valid_to);
create unique index route_scope on route (role, company, warehouse, channel, valid_from) nulls not distinct;

alter table authority drop constraint authority_pkey;
alter table authority
  add column company    text,
  add column warehouse  text,
  add column channel    text,
  add column valid_from timestamptz,
  add column valid_to   timestamptz,
  add constraint authority_valid check (valid_from < valid_to);
create unique index authority_scope on authority (axis, company, warehouse, channel, valid_from, role) nulls not distinct;
