-- What stands against the links to a return's status page. A return without a row has links of generation 0.
create table status_link (
  case_id      uuid primary key references return_case,
  generation   int not null default 0,      -- links of an older one are revoked
  failures     int not null default 0,      -- wrong answers to the question before the page, of this generation
  locked_until timestamptz                  -- until then no answer is looked at
);
