import type { World } from "../world/world.ts";
import type { ClientRefusal, OAuthClient } from "./oauth_store.ts";
import { isKnownScope, readScopes } from "./scopes.ts";

/** A valid request for consent. */
export interface AuthorizationRequest {
  client: OAuthClient;
  redirect_uri: string;
  scopes: string[];
  state: string | null;
  offline: boolean;
  prompt: ReadonlySet<string>;
  include_granted_scopes: boolean;
  login_hint: string | null;
  nonce: string | null;
  challenge: { value: string; method: "plain" | "S256" } | null;
}

/** Errors that Google shows on its own page; they never reach the callback. */
export class AuthorizationPageError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = "AuthorizationPageError";
    this.code = code;
    this.status = status;
  }
}

const client_refusals: Readonly<Record<ClientRefusal, [number, string]>> = {
  deleted_client: [401, "The OAuth client was deleted."],
  org_internal: [403, "The client serves only accounts of its own organization."],
  admin_policy_enforced: [400, "The account's administrator does not allow these scopes."],
  disallowed_useragent: [403, "The consent page may not be shown inside an embedded browser."],
};

/** Checks the parameters of the authorization URL. */
export function readAuthorizationRequest(
  world: World,
  parameters: URLSearchParams,
): AuthorizationRequest {
  const client_id = parameters.get("client_id");
  if (!client_id) throw invalid("Missing required parameter: client_id");
  const client = world.oauth.clients.get(client_id);
  if (client === undefined) {
    throw new AuthorizationPageError("invalid_client", "The OAuth client was not found.", 401);
  }
  if (client.refused_as !== undefined) {
    const [status, message] = client_refusals[client.refused_as];
    throw new AuthorizationPageError(client.refused_as, message, status);
  }
  const redirect_uri = parameters.get("redirect_uri");
  if (!redirect_uri) throw invalid("Missing required parameter: redirect_uri");
  if (!isAllowedRedirect(client, redirect_uri)) {
    throw new AuthorizationPageError(
      "redirect_uri_mismatch",
      `The redirect URI ${redirect_uri} does not match the ones registered for the OAuth client.`,
    );
  }
  const response_type = parameters.get("response_type");
  if (response_type !== "code") {
    throw invalid(
      response_type === null
        ? "Missing required parameter: response_type"
        : `Invalid response_type: ${response_type}`,
    );
  }
  const scopes = readScopes(parameters.get("scope") ?? "");
  if (scopes.length === 0) throw invalid("Missing required parameter: scope");
  const unknown = scopes.filter((scope) => !isKnownScope(scope));
  if (unknown.length > 0) {
    throw new AuthorizationPageError(
      "invalid_scope",
      `Some requested scopes were invalid: ${unknown.join(", ")}`,
    );
  }
  const access_type = parameters.get("access_type") ?? "online";
  if (access_type !== "online" && access_type !== "offline") {
    throw invalid(`Invalid parameter value for access_type: ${access_type}`);
  }
  return {
    client,
    redirect_uri,
    scopes,
    state: parameters.get("state"),
    offline: access_type === "offline",
    prompt: readPrompt(parameters.get("prompt")),
    include_granted_scopes: parameters.get("include_granted_scopes") === "true",
    login_hint: parameters.get("login_hint"),
    nonce: parameters.get("nonce"),
    challenge: readChallenge(parameters),
  };
}

/** Registered addresses must match exactly; a client without any may return to this machine only. */
function isAllowedRedirect(client: OAuthClient, redirect_uri: string): boolean {
  if (client.redirect_uris.length > 0) return client.redirect_uris.includes(redirect_uri);
  if (!URL.canParse(redirect_uri)) return false;
  const { hostname, hash } = new URL(redirect_uri);
  return hash === "" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}

function readPrompt(text: string | null): ReadonlySet<string> {
  const prompts = new Set((text ?? "").split(/\s+/).filter((word) => word !== ""));
  for (const prompt of prompts) {
    if (!["none", "consent", "select_account"].includes(prompt)) {
      throw invalid(`Invalid parameter value for prompt: ${prompt}`);
    }
  }
  if (prompts.has("none") && prompts.size > 1) throw invalid("prompt=none excludes other values");
  return prompts;
}

function readChallenge(parameters: URLSearchParams): AuthorizationRequest["challenge"] {
  const value = parameters.get("code_challenge");
  const method = parameters.get("code_challenge_method") ?? "plain";
  if (method !== "plain" && method !== "S256") {
    throw invalid(`Invalid parameter value for code_challenge_method: ${method}`);
  }
  if (value === null) return null;
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(value)) {
    throw invalid("Invalid parameter value for code_challenge");
  }
  return { value, method };
}

function invalid(message: string): AuthorizationPageError {
  return new AuthorizationPageError("invalid_request", message);
}
