-- Master data: products, parties, warehouses and vendors as their systems of record have them, what they are
-- called, and how far each feed has been read.

-- How many writes each kind has seen. A transaction that writes locks its row, so that writes get their numbers
-- in the order in which they become visible: a reader that has seen a number has seen all below it.
create table master_data_change (
  kind      text primary key check (kind in ('products', 'parties', 'warehouses', 'vendors')),
  change_no bigint not null default 0,
  synced_at timestamptz            -- when it was whole for the first time; null: nothing is known to be unknown
);
insert into master_data_change (kind) values ('products'), ('parties'), ('warehouses'), ('vendors');

create table product (
  product_id    text primary key,  -- the id that its system of record gave it
  source        text not null,     -- the connection that it came from, or another name of where
  sku           text,
  gtin          text,
  name          text,
  base_unit     text not null,
  category      text,
  tags          text[] not null default '{}',
  superseded_by text,              -- can come before the product that it names
  is_active     boolean not null,
  row_hash      text not null,     -- of what was said; the same again is not written
  source_updated_at timestamptz,
  change_no     bigint not null,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now()
);
create index product_change on product (change_no, product_id);

create table product_identifier (
  value_key  text not null,        -- normalized, as it is looked up
  kind       text not null check (kind in ('sku', 'gtin', 'channel_sku', 'customer_part_no')),
  scope      text not null,        -- a connection or a customer account; empty: everywhere
  product_id text not null references product (product_id) on delete cascade,
  value      text not null,
  primary key (value_key, kind, scope, product_id)
);
create index product_identifier_product on product_identifier (product_id);

create table product_unit (
  product_id text not null references product (product_id) on delete cascade,
  unit       text not null,
  ratio      numeric(18, 6) not null check (ratio > 0),  -- base units in one
  primary key (product_id, unit)
);

create table product_component (
  product_id   text not null references product (product_id) on delete cascade,
  component_id text not null,      -- can come before the product that it names
  ratio        numeric(18, 6) not null check (ratio > 0),
  primary key (product_id, component_id)
);
create index product_component_component on product_component (component_id);

create table party (
  party_id      text primary key,
  source        text not null,
  commercial_party_id text,
  name          text,
  kind          text not null check (kind in ('company', 'person', 'location')),
  is_active     boolean not null,
  row_hash      text not null,
  source_updated_at timestamptz,
  change_no     bigint not null,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now()
);
create index party_change on party (change_no, party_id);

-- What is personal among the values, such as an address of e-mail, is kept as a digest.
create table party_identifier (
  value_key text not null,
  kind      text not null,
  scope     text not null,
  party_id  text not null references party (party_id) on delete cascade,
  value     text not null,
  primary key (value_key, kind, scope, party_id)
);
create index party_identifier_party on party_identifier (party_id);

create table warehouse (
  warehouse_id  text primary key,
  source        text not null,
  code          text,
  name          text,
  company       text,
  is_active     boolean not null,
  row_hash      text not null,
  source_updated_at timestamptz,
  change_no     bigint not null,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now()
);

create table vendor (
  vendor_id     text primary key,
  source        text not null,
  code          text,
  name          text,
  accepts_returns boolean,
  claim_days    integer,
  is_active     boolean not null,
  row_hash      text not null,
  source_updated_at timestamptz,
  change_no     bigint not null,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now()
);

-- ---------------------------------------------------------------- what a steward has to look at

-- One identifier, several products or parties: who they are, while it lasts.
create table identifier_conflict (
  object     text not null check (object in ('product', 'party')),
  value_key  text not null,
  kind       text not null,
  scope      text not null,
  candidates text[] not null,
  found_at   timestamptz not null default now(),
  primary key (object, value_key, kind, scope)
);

-- Records that were not acceptable, until they come in a form that is.
create table master_data_refusal (
  kind     text not null,
  source   text not null,
  item_key text not null,          -- the record's id, where it has one
  code     text not null,
  detail   text not null,
  times    bigint not null default 1,
  first_at timestamptz not null default now(),
  last_at  timestamptz not null default now(),
  primary key (kind, item_key, source)
);

-- What messages asked for and nobody knew, until somebody does.
create table unknown_identifier (
  object    text not null check (object in ('product', 'party')),
  value_key text not null,
  kind      text not null,
  scope     text not null,         -- the connection that asked
  times     bigint not null,
  first_at  timestamptz not null default now(),
  last_at   timestamptz not null default now(),
  primary key (object, value_key, kind, scope)
);
create index unknown_identifier_last on unknown_identifier (last_at);

-- ---------------------------------------------------------------- feeds

create table feed_cursor (
  connection_id text not null references connection (connection_id) on delete cascade,
  feed          text not null check (feed in ('products', 'parties', 'warehouses', 'vendors')),
  cursor        text,
  state         text not null default 'waiting' check (state in ('waiting', 'reading', 'failed')),
  due_at        timestamptz not null default now(),
  held_until    timestamptz,       -- a process reads a page until then
  fence         integer not null default 0,
  failures      integer not null default 0,
  last_code     text,
  last_reason   text,
  run_started_at timestamptz,
  run_ended_at  timestamptz,
  first_ended_at timestamptz,      -- when it had been read to its end for the first time
  run_items     bigint not null default 0,   -- of the run that is under way, or the last one
  run_written   bigint not null default 0,
  run_refused   bigint not null default 0,
  total_items   bigint not null default 0,
  total_written bigint not null default 0,
  primary key (connection_id, feed)
);
