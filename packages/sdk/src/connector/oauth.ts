/** How one connection gets its tokens (RFC 6749), read from its configuration. */
export interface OAuthSettings {
  /**
   * `client_credentials`: the client speaks for itself. `refresh_token`: for a person who has once agreed, by the
   * authorization code flow (RFC 6749, section 4.1, with the PKCE of RFC 7636) or with a refresh token that stands
   * in the configuration.
   */
  readonly grant: 'client_credentials' | 'refresh_token'
  readonly tokenUrl: string
  /** Where a person agrees; without it the first refresh token has to stand in the configuration. */
  readonly authorizeUrl?: string | undefined
  readonly clientId: string
  /** None for a public client. */
  readonly clientSecret?: string | undefined
  /** How the client shows its secret: HTTP Basic (the default), or as fields of the form. */
  readonly clientAuthentication?: 'basic' | 'body' | undefined
  readonly scopes?: readonly string[] | undefined
  /** The first refresh token. Another one in the configuration takes the place of what came of the one before. */
  readonly refreshToken?: string | undefined
  /** Who may see the token, as origins (`https://api.example.com`): requests to others go out without it. */
  readonly origins: readonly string[]
  /** What the system wants beside what the standard names. */
  readonly tokenParameters?: Readonly<Record<string, string>> | undefined
  readonly authorizeParameters?: Readonly<Record<string, string>> | undefined
}

/** What an answer with a refresh token does to the one before. */
export type RefreshRotation =
  /** It stays the same. */
  | 'never'
  /** The one before is taken for a while longer: an answer that got lost can be asked for again. */
  | 'graceful'
  /** The one before is refused from then on: a person has to agree anew after an answer that got lost. */
  | 'single_use'

/**
 * Has the hub get the tokens of a connection, and put them on its requests. The connector sends requests without
 * credentials and never sees a token; one that sets the header itself is left alone.
 *
 * The hub refreshes once for all processes and ahead of time, and repeats a request that was answered with 401
 * once with another token: such a request had no effect.
 */
export interface OAuthDefinition<Config> {
  /** Null: this connection shows other credentials, which its connector sends. */
  readonly settings: (config: Config) => OAuthSettings | null
  readonly rotation: RefreshRotation
  /** How long a refresh token is good for where the answer does not say; left out where it has no end. */
  readonly refreshTokenDays?: number | undefined
  /** Where the token goes; `Authorization: Bearer …` when left out. */
  readonly present?: { readonly header: string; readonly prefix: string } | undefined
  /**
   * Looks at what a system sent back along with the code, for example which company the person chose.
   *
   * @returns why that cannot be, for the person; null when it is fine.
   */
  readonly refuses?: ((config: Config, query: URLSearchParams) => string | null) | undefined
}
