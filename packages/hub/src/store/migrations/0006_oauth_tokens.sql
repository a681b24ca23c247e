-- Tokens of connections whose systems want OAuth (RFC 6749): had once for all processes.

create table oauth_token (
  connection_id text primary key references connection (connection_id) on delete cascade,
  binding       bytea not null,        -- digest of the client that the tokens are for: of another one they are worth nothing
  sealed        text,                  -- {accessToken, refreshToken}; null before the first
  expires_at    timestamptz,           -- of the access token
  refresh_expires_at timestamptz,      -- of the refresh token; null where it has no end
  generation    integer not null default 0,   -- grows with every new access token
  obtained_at   timestamptz,
  asked_at      timestamptz,           -- a token was asked for and its answer is not stored yet
  lease_id      uuid,                  -- who asks; the row is not locked meanwhile
  lease_until   timestamptz,
  failures      integer not null default 0,   -- in a row
  retry_at      timestamptz,           -- after a failure nobody asks before then
  last_code     text,
  last_reason   text
) with (fillfactor = 80);

-- Authorizations that a person has begun (RFC 6749, section 4.1). A row is deleted by the first who names its state.
create table oauth_authorization (
  state_hash    bytea primary key,     -- SHA-256: whoever reads the table cannot finish them
  connection_id text not null references connection (connection_id) on delete cascade,
  sealed_verifier text not null,       -- of PKCE (RFC 7636)
  redirect_uri  text not null,
  begun_by      text not null,
  expires_at    timestamptz not null
);
