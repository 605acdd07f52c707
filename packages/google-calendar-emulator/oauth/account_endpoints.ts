import { type HttpReply, type HttpRequest, jsonReply } from "../http/http_reply.ts";
import type { Account, World } from "../world/world.ts";
import type { AccessToken } from "./oauth_store.ts";

/** POST /revoke: an access or refresh token ends all of the project's access to its account. */
export function revokeEndpoint(world: World, request: HttpRequest): HttpReply {
  const token = new URLSearchParams(request.body).get("token") ??
    request.url.searchParams.get("token");
  if (!token) {
    return jsonReply(400, {
      error: "invalid_request",
      error_description: "Missing required parameter: token",
    });
  }
  const access = liveToken(world, token);
  const refresh = world.oauth.refresh_tokens.get(token);
  const email = access?.email ?? (refresh?.revoked === false ? refresh.email : undefined);
  if (email === undefined) {
    return jsonReply(400, {
      error: "invalid_token",
      error_description: "Token expired or revoked",
    });
  }
  world.oauth.revokeAccount(email);
  return jsonReply(200, {});
}

/** GET /v1/userinfo: what the sign-in scopes of the token let the app know. */
export function userinfoEndpoint(world: World, request: HttpRequest): HttpReply {
  const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  const token = liveToken(world, bearer ?? request.url.searchParams.get("access_token") ?? "");
  const account = token === undefined ? undefined : world.accounts.get(token.email);
  if (token === undefined || account === undefined) {
    return jsonReply(
      401,
      { error: "invalid_request", error_description: "Invalid Credentials" },
      { "www-authenticate": 'Bearer realm="https://accounts.google.com/", error=invalid_token' },
    );
  }
  const has = (name: string) =>
    token.scopes.includes(`https://www.googleapis.com/auth/userinfo.${name}`);
  if (!has("email") && !has("profile") && !token.scopes.includes("openid")) {
    return jsonReply(403, {
      error: "insufficient_scope",
      error_description: "The token has no sign-in scope (openid, email or profile).",
    });
  }
  return jsonReply(200, {
    sub: account.sub,
    ...(has("profile") ? { name: account.name, given_name: account.name.split(" ")[0] } : {}),
    ...(has("email") ? emailClaims(account) : {}),
  });
}

/** The claims of the scope `email`; `hd` only for accounts of a Workspace organization. */
export function emailClaims({ email, email_verified, hosted_domain }: Account) {
  return { email, email_verified, ...(hosted_domain === null ? {} : { hd: hosted_domain }) };
}

/** GET or POST /tokeninfo: what an access token is good for. */
export function tokeninfoEndpoint(world: World, request: HttpRequest): HttpReply {
  const form = new URLSearchParams(request.body);
  const text = request.url.searchParams.get("access_token") ?? form.get("access_token") ??
    /^Bearer\s+(\S+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  const token = liveToken(world, text ?? "");
  if (token === undefined) {
    return jsonReply(400, { error: "invalid_token", error_description: "Invalid Value" });
  }
  return jsonReply(200, {
    azp: token.client_id,
    aud: token.client_id,
    sub: world.accounts.get(token.email)?.sub,
    scope: token.scopes.join(" "),
    exp: String(Math.floor(token.expires_ms / 1000)),
    expires_in: String(Math.floor((token.expires_ms - world.clock.now()) / 1000)),
    email: token.email,
    email_verified: "true",
    access_type: token.refresh_token === null ? "online" : "offline",
  });
}

function liveToken(world: World, text: string): AccessToken | undefined {
  const token = world.oauth.access_tokens.get(text);
  return token !== undefined && token.expires_ms > world.clock.now() ? token : undefined;
}
