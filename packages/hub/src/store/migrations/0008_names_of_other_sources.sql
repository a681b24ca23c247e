-- What a product or a party is called elsewhere is often known to another system than the one that keeps the record.
alter table product add column names_only boolean not null default false;  -- its source said nothing but names
alter table party add column names_only boolean not null default false;

-- Null: the source of the record. Another source may add names, and takes away only its own.
alter table product_identifier add column source text;
alter table party_identifier add column source text;
