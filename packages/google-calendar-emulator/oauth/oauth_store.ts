import { randomId } from "../world/random_id.ts";

/** An OAuth client of the emulator's one project. */
export interface OAuthClient {
  client_id: string;
  client_secret: string;
  /** Exact matches; an empty list lets every loopback address pass. */
  redirect_uris: string[];
  /** Why Google turns the whole client away, if it does. */
  refused_as?: ClientRefusal;
}

export type ClientRefusal =
  | "deleted_client"
  | "org_internal"
  | "admin_policy_enforced"
  | "disallowed_useragent";

/** What one user granted to one client: full scope names. */
export interface Grant {
  email: string;
  client_id: string;
  scopes: Set<string>;
}

export interface AuthorizationCode {
  code: string;
  email: string;
  client_id: string;
  redirect_uri: string;
  scopes: string[];
  offline: boolean;
  /** First consent, or consent asked for again: only then does an offline client get a refresh
   * token. */
  consented: boolean;
  challenge: { value: string; method: "plain" | "S256" } | null;
  nonce: string | null;
  expires_ms: number;
  redeemed: boolean;
}

export interface RefreshToken {
  token: string;
  email: string;
  client_id: string;
  scopes: string[];
  revoked: boolean;
  /** Set by the control surface: what the token endpoint answers instead of a new access token. */
  refusal: { error: string; error_description: string; error_subtype?: string } | null;
}

export interface AccessToken {
  token: string;
  email: string;
  client_id: string;
  scopes: string[];
  expires_ms: number;
  refresh_token: string | null;
}

/** Google drops the oldest live refresh token of an account and client beyond this many,
 * silently. */
const most_refresh_tokens = 100;

/** Clients, grants and tokens of one emulator. */
export class OAuthStore {
  readonly clients = new Map<string, OAuthClient>();
  readonly codes = new Map<string, AuthorizationCode>();
  readonly refresh_tokens = new Map<string, RefreshToken>();
  readonly access_tokens = new Map<string, AccessToken>();
  readonly #grants = new Map<string, Grant>();

  constructor(clients: readonly OAuthClient[]) {
    for (const client of clients) this.clients.set(client.client_id, client);
  }

  grantOf(email: string, client_id: string): Grant | undefined {
    return this.#grants.get(`${client_id} ${email}`);
  }

  addGrant(email: string, client_id: string, scopes: readonly string[]): Grant {
    const grant = this.grantOf(email, client_id) ?? { email, client_id, scopes: new Set() };
    for (const scope of scopes) grant.scopes.add(scope);
    this.#grants.set(`${client_id} ${email}`, grant);
    return grant;
  }

  issueRefreshToken(email: string, client_id: string, scopes: string[]): RefreshToken {
    const live = [...this.refresh_tokens.values()].filter((token) =>
      token.email === email && token.client_id === client_id && !token.revoked
    );
    const oldest = live[0];
    if (oldest !== undefined && live.length >= most_refresh_tokens) oldest.revoked = true;
    const token = {
      token: `1//0${randomId(40)}`,
      email,
      client_id,
      scopes,
      revoked: false,
      refusal: null,
    };
    this.refresh_tokens.set(token.token, token);
    return token;
  }

  issueAccessToken(
    granted: Pick<AccessToken, "email" | "client_id" | "scopes" | "refresh_token">,
    expires_ms: number,
  ): AccessToken {
    const token = { token: `ya29.a0${randomId(60)}`, ...granted, expires_ms };
    this.access_tokens.set(token.token, token);
    return token;
  }

  /** Ends the whole project's access to an account, as revoking any of its tokens does at Google. */
  revokeAccount(email: string): void {
    for (const key of [...this.#grants.keys()]) {
      if (key.endsWith(` ${email}`)) this.#grants.delete(key);
    }
    for (const token of this.refresh_tokens.values()) {
      if (token.email === email) token.revoked = true;
    }
    for (const [key, token] of this.access_tokens) {
      if (token.email === email) this.access_tokens.delete(key);
    }
  }
}
