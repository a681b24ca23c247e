-- People who sign in, and their sessions.

create table user_account (
  user_id              uuid primary key,
  email                text not null,
  name                 text not null,
  role                 text not null,
  language             text,
  password_hash        text,        -- argon2id, in PHC form; null: comes in by the identity provider only
  must_change_password boolean not null default false,
  identity_issuer      text,        -- who vouches for the person, and under which name
  identity_subject     text,
  disabled_at          timestamptz,
  created_by           text not null,
  created_at           timestamptz not null default now(),
  last_sign_in_at      timestamptz,
  version              int not null default 1,
  check ((identity_issuer is null) = (identity_subject is null))
);
create unique index user_account_email on user_account (lower(email));
create unique index user_account_identity on user_account (identity_issuer, identity_subject)
  where identity_subject is not null;

create table user_session (
  session_id   text primary key,
  secret_hash  bytea not null,
  user_id      uuid not null references user_account,
  created_at   timestamptz not null,
  last_seen_at timestamptz not null,  -- to within a minute
  expires_at   timestamptz not null,
  ended_at     timestamptz,
  address      text not null,
  user_agent   text not null
);
create index user_session_user on user_session (user_id, created_at desc);
create index user_session_expiry on user_session (expires_at);

-- Tries to sign in with a wrong password: by e-mail address and network, whether there is such a person or not.
create table sign_in_failure (
  who_digest   bytea primary key,
  failures     int not null,
  last_at      timestamptz not null,
  locked_until timestamptz
);
create index sign_in_failure_age on sign_in_failure (last_at);
