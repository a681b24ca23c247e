-- Words to customers that a site has changed are documents as well.
alter table document drop constraint document_kind_check;
alter table document add constraint document_kind_check check (kind in ('mapping', 'policy', 'template'));
