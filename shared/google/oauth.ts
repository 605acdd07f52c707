import * as z from "zod/mini";
import { classifyOAuth } from "@shared/failures/oauth_reply.ts";
import type { RequestKind } from "@shared/failures/google_reply.ts";
import type { GoogleOutcome } from "./outcome.ts";
import { parseScopes, SCOPES } from "./scopes.ts";
import { decodeBase64Url } from "@shared/std/encoding.ts";
import { send } from "./transport.ts";
import type { TransportOptions } from "./transport.ts";

export interface OAuthOptions extends TransportOptions {
  client_id: string;
  client_secret: string;
  authorization_url: string;
  token_url: string;
  revocation_url: string;
  userinfo_url: string;
}

/** Seconds count from the answer; Google's access tokens live for about an hour. */
export interface AccessToken {
  access_token: string;
  expires_in_seconds: number;
}

export interface RefreshedToken extends AccessToken {
  /** The claims of the id_token that comes along for scope openid; null when none came, or without an address. */
  account: GoogleAccount | null;
}

export interface Grant extends AccessToken {
  /** Only sent for offline access with consent; null when Google left it out. */
  refresh_token: string | null;
  /** What the user really granted, which may be less than what was asked for. */
  granted_scopes: string[];
}

export interface GoogleAccount {
  /** Stable; an account's e-mail address may change. */
  google_account_id: string;
  email: string;
  email_verified: boolean;
  /** Domain of the account's Google Workspace organization (claim `hd`); null where there is none. */
  hosted_domain: string | null;
}

export interface GoogleOAuth {
  /** Where to send the user. `code_challenge` is the S256 challenge of RFC 7636. */
  authorizationUrl(
    request: { redirect_uri: string; state: string; code_challenge: string; login_hint?: string },
  ): string;
  /** A code works once: after an unknown outcome the user has to begin again. */
  exchangeCode(
    request: { code: string; code_verifier: string; redirect_uri: string },
  ): Promise<GoogleOutcome<Grant>>;
  /** Google does not rotate refresh tokens, so asking again is harmless. */
  refresh(refresh_token: string): Promise<GoogleOutcome<RefreshedToken>>;
  /** Ends the whole grant. A token that Google no longer knows counts as done. */
  revoke(token: string): Promise<GoogleOutcome<{ already_revoked: boolean }>>;
  userinfo(access_token: string): Promise<GoogleOutcome<GoogleAccount>>;
}

const REFRESHED = z.lazy(() =>
  z.object({
    access_token: z.string(),
    expires_in: z.number(),
    id_token: z.optional(z.string()),
  })
);

const GRANT = z.lazy(() =>
  z.object({
    access_token: z.string(),
    expires_in: z.number(),
    refresh_token: z.optional(z.string()),
    scope: z.string(),
  })
);

const USERINFO = z.lazy(() =>
  z.object({
    sub: z.string(),
    email: z.string(),
    email_verified: z.optional(z.boolean()),
    hd: z.optional(z.string()),
  })
);

/** Google's answers to a revocation of something that is already gone. */
const ALREADY_REVOKED = new Set(["invalid_token", "invalid_grant"]);

/** A client of Google's OAuth endpoints (web server flow with PKCE). */
export function googleOAuth(options: OAuthOptions): GoogleOAuth {
  const credentials = { client_id: options.client_id, client_secret: options.client_secret };

  function post<T>(
    kind: RequestKind,
    url: string,
    form: Record<string, string>,
    schema: z.ZodMiniType<T>,
  ): Promise<GoogleOutcome<T>> {
    return send({
      kind,
      method: "POST",
      url: new URL(url),
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form).toString(),
      schema,
      classify: classifyOAuth,
    }, options);
  }

  return {
    authorizationUrl({ redirect_uri, state, code_challenge, login_hint }) {
      const url = new URL(options.authorization_url);
      const parameters = {
        client_id: options.client_id,
        redirect_uri,
        response_type: "code",
        scope: SCOPES.join(" "),
        state,
        code_challenge,
        code_challenge_method: "S256",
        // Only offline access with renewed consent is sure to bring a refresh token.
        access_type: "offline",
        prompt: "consent",
        ...(login_hint === undefined ? {} : { login_hint }),
      };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return url.href;
    },

    async exchangeCode({ code, code_verifier, redirect_uri }) {
      const outcome = await post("write", options.token_url, {
        grant_type: "authorization_code",
        code,
        code_verifier,
        redirect_uri,
        ...credentials,
      }, GRANT);
      return onDone(outcome, (grant) => ({
        access_token: grant.access_token,
        expires_in_seconds: grant.expires_in,
        refresh_token: grant.refresh_token ?? null,
        granted_scopes: parseScopes(grant.scope),
      }));
    },

    async refresh(refresh_token) {
      const form = { grant_type: "refresh_token", refresh_token, ...credentials };
      const outcome = await post("read", options.token_url, form, REFRESHED);
      return onDone(outcome, (token) => ({
        access_token: token.access_token,
        expires_in_seconds: token.expires_in,
        account: accountOf(token.id_token),
      }));
    },

    async revoke(token) {
      // The body of a success is not documented, so any is taken.
      const outcome = await post("read", options.revocation_url, { token }, z.unknown());
      if (isAlreadyRevoked(outcome)) {
        return { verdict: "done", status: 400, value: { already_revoked: true } };
      }
      return onDone(outcome, () => ({ already_revoked: false }));
    },

    async userinfo(access_token) {
      const outcome = await send({
        kind: "read",
        method: "GET",
        url: new URL(options.userinfo_url),
        headers: { authorization: `Bearer ${access_token}` },
        schema: USERINFO,
        classify: classifyOAuth,
      }, options);
      return onDone(outcome, asAccount);
    },
  };
}

function asAccount({ sub, email, email_verified, hd }: z.infer<typeof USERINFO>): GoogleAccount {
  return {
    google_account_id: sub,
    email,
    email_verified: email_verified ?? false,
    hosted_domain: hd?.toLowerCase() ?? null,
  };
}

/**
 * The claims of an id_token. Its signature is not checked: it came from Google's token endpoint over TLS, for which
 * OpenID Connect Core 1.0 (3.1.3.7, 6) does not ask for it. A refresh may come without one (12.2).
 */
function accountOf(id_token: string | undefined): GoogleAccount | null {
  const payload = id_token?.split(".")[1];
  if (payload === undefined) return null;
  try {
    const claims = USERINFO.safeParse(
      JSON.parse(new TextDecoder().decode(decodeBase64Url(payload))),
    );
    return claims.success ? asAccount(claims.data) : null;
  } catch {
    return null;
  }
}

function isAlreadyRevoked(outcome: GoogleOutcome<unknown>): boolean {
  return (outcome.verdict === "reject" || outcome.verdict === "reconnect") &&
    outcome.google.status === 400 && ALREADY_REVOKED.has(outcome.google.reason);
}

function onDone<A, B>(outcome: GoogleOutcome<A>, shape: (value: A) => B): GoogleOutcome<B> {
  return outcome.verdict === "done"
    ? { verdict: "done", status: outcome.status, value: shape(outcome.value) }
    : outcome;
}
