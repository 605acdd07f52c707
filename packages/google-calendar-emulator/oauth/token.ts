import type { HttpReply, HttpRequest } from "../http/http_reply.ts";
import { jsonReply } from "../http/http_reply.ts";
import type { World } from "../world/world.ts";
import { sha256Base64Url } from "./base64_url.ts";
import { signIdToken } from "./id_token.ts";
import type { AuthorizationCode, OAuthClient } from "./oauth_store.ts";
import { readScopes } from "./scopes.ts";

/** Google's access tokens live an hour, and say 3599 seconds. */
export const access_token_seconds = 3599;

/** An answer of the token endpoint that is not a token; its body is flat, unlike Calendar's. */
class TokenError extends Error {
  readonly status: number;
  readonly body: Record<string, string>;
  constructor(error: string, description: string, status = 400) {
    super(description);
    this.name = "TokenError";
    this.status = status;
    this.body = { error, error_description: description };
  }
}

/** The token endpoint: exchanges a code, or refreshes. */
export async function tokenEndpoint(world: World, request: HttpRequest): Promise<HttpReply> {
  const form = new URLSearchParams(request.body);
  try {
    const client = authenticateClient(world, form, request.headers["authorization"]);
    switch (form.get("grant_type")) {
      case "authorization_code":
        return jsonReply(200, await exchangeCode(world, client, form), no_store);
      case "refresh_token":
        return jsonReply(200, await refresh(world, client, form), no_store);
      case null:
        throw new TokenError("invalid_request", "Missing required parameter: grant_type");
      default:
        throw new TokenError(
          "unsupported_grant_type",
          `Invalid grant_type: ${form.get("grant_type")}`,
        );
    }
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    return jsonReply(error.status, error.body, no_store);
  }
}

const no_store = { "cache-control": "no-cache, no-store, max-age=0, must-revalidate" };

function authenticateClient(
  world: World,
  form: URLSearchParams,
  authorization: string | undefined,
): OAuthClient {
  const [basic_id, basic_secret] = readBasic(authorization);
  const client_id = form.get("client_id") ?? basic_id;
  const secret = form.get("client_secret") ?? basic_secret;
  if (!client_id) {
    throw new TokenError("invalid_request", "Could not determine client ID from request.");
  }
  const client = world.oauth.clients.get(client_id);
  if (client === undefined) {
    throw new TokenError("invalid_client", "The OAuth client was not found.", 401);
  }
  if (client.refused_as === "deleted_client") {
    throw new TokenError("deleted_client", "The OAuth client was deleted.", 401);
  }
  if (!secret) throw new TokenError("invalid_request", "client_secret is missing.");
  if (secret !== client.client_secret) {
    throw new TokenError("invalid_client", "The provided client secret is invalid.", 401);
  }
  return client;
}

function readBasic(authorization: string | undefined): [string?, string?] {
  const match = /^Basic\s+(\S+)$/i.exec(authorization ?? "");
  if (match === null) return [];
  try {
    const [id, secret] = atob(match[1] ?? "").split(":", 2);
    return [decodeURIComponent(id ?? ""), decodeURIComponent(secret ?? "")];
  } catch {
    return [];
  }
}

async function exchangeCode(world: World, client: OAuthClient, form: URLSearchParams) {
  const code = world.oauth.codes.get(form.get("code") ?? "");
  if (code === undefined || code.client_id !== client.client_id) {
    throw new TokenError("invalid_grant", "Malformed auth code.");
  }
  if (code.redeemed) throw new TokenError("invalid_grant", "Code was already redeemed.");
  if (code.expires_ms <= world.clock.now()) throw new TokenError("invalid_grant", "Bad Request");
  if (form.get("redirect_uri") !== code.redirect_uri) {
    throw new TokenError("redirect_uri_mismatch", "Bad Request");
  }
  await checkVerifier(code, form.get("code_verifier"));
  if (code.redeemed) throw new TokenError("invalid_grant", "Code was already redeemed.");
  code.redeemed = true;
  const refresh_token = code.offline && code.consented
    ? world.oauth.issueRefreshToken(code.email, code.client_id, code.scopes).token
    : null;
  return {
    ...await tokens(world, code, refresh_token),
    ...(refresh_token === null ? {} : { refresh_token }),
  };
}

async function checkVerifier(code: AuthorizationCode, verifier: string | null): Promise<void> {
  if (code.challenge === null) return;
  if (!verifier) throw new TokenError("invalid_grant", "Missing code verifier.");
  const derived = code.challenge.method === "plain" ? verifier : await sha256Base64Url(verifier);
  if (derived !== code.challenge.value) {
    throw new TokenError("invalid_grant", "Invalid code verifier.");
  }
}

async function refresh(world: World, client: OAuthClient, form: URLSearchParams) {
  const token = world.oauth.refresh_tokens.get(form.get("refresh_token") ?? "");
  if (token === undefined) throw new TokenError("invalid_grant", "Bad Request");
  if (token.client_id !== client.client_id) {
    throw new TokenError("unauthorized_client", "Unauthorized", 401);
  }
  if (token.refusal !== null) {
    const error = new TokenError(token.refusal.error, token.refusal.error_description);
    Object.assign(error.body, token.refusal);
    throw error;
  }
  if (client.refused_as === "admin_policy_enforced") {
    throw new TokenError("admin_policy_enforced", "Bad Request");
  }
  if (token.revoked) throw new TokenError("invalid_grant", "Token has been expired or revoked.");
  const narrowed = form.get("scope");
  const scopes = narrowed === null
    ? token.scopes
    : readScopes(narrowed).filter((scope) => token.scopes.includes(scope));
  if (scopes.length === 0) throw new TokenError("invalid_scope", "Bad Request");
  return await tokens(world, { ...token, scopes, nonce: null }, token.token);
}

async function tokens(
  world: World,
  granted: Pick<AuthorizationCode, "email" | "client_id" | "scopes" | "nonce">,
  refresh_token: string | null,
) {
  const { email, client_id, scopes } = granted;
  const expires_ms = world.clock.now() + access_token_seconds * 1000;
  const access = world.oauth.issueAccessToken(
    { email, client_id, scopes: [...scopes], refresh_token },
    expires_ms,
  );
  return {
    access_token: access.token,
    expires_in: access_token_seconds,
    scope: scopes.join(" "),
    token_type: "Bearer",
    ...(scopes.includes("openid")
      ? { id_token: await signIdToken(world, granted, access.token) }
      : {}),
  };
}
