import { htmlReply, type HttpReply, type HttpRequest, redirectReply } from "../http/http_reply.ts";
import { randomId } from "../world/random_id.ts";
import type { World } from "../world/world.ts";
import {
  AuthorizationPageError,
  type AuthorizationRequest,
  readAuthorizationRequest,
} from "./authorization_request.ts";
import { consentPage, errorPage, isGranular } from "./consent_page.ts";
import { isSignInScope } from "./scopes.ts";

const code_lifetime_ms = 600_000;

/** The authorization endpoint: GET shows the consent page, POST takes the person's decision and
 * returns to the app. */
export function authorizeEndpoint(world: World, request: HttpRequest): HttpReply {
  try {
    const asked = readAuthorizationRequest(world, request.url.searchParams);
    if (request.method === "POST") {
      return decide(world, asked, new URLSearchParams(request.body));
    }
    if (asked.prompt.has("none")) return withoutInteraction(world, asked);
    return htmlReply(200, consentPage(world, asked, request.url.pathname + request.url.search));
  } catch (error) {
    if (!(error instanceof AuthorizationPageError)) throw error;
    return htmlReply(error.status, errorPage(error));
  }
}

function decide(world: World, asked: AuthorizationRequest, form: URLSearchParams): HttpReply {
  if (form.get("decision") !== "allow") return backToApp(asked, { error: "access_denied" });
  const email = form.get("email")?.toLowerCase() ?? "";
  if (!world.accounts.has(email)) {
    throw new AuthorizationPageError("invalid_request", `There is no account ${email} here.`);
  }
  const ticked = new Set(form.getAll("granted"));
  const granted = isGranular(asked.scopes)
    ? asked.scopes.filter((scope) => isSignInScope(scope) || ticked.has(scope))
    : asked.scopes;
  if (granted.length === 0) return backToApp(asked, { error: "access_denied" });
  return issueCode(world, asked, email, granted);
}

/** prompt=none: a code at once where everything was granted before, else an error in the
 * callback. */
function withoutInteraction(world: World, asked: AuthorizationRequest): HttpReply {
  const email = asked.login_hint?.toLowerCase() ?? "";
  const grant = world.oauth.grantOf(email, asked.client.client_id);
  if (!world.accounts.has(email)) return backToApp(asked, { error: "interaction_required" });
  if (!asked.scopes.every((scope) => grant?.scopes.has(scope))) {
    return backToApp(asked, { error: "consent_required" });
  }
  return issueCode(world, asked, email, asked.scopes);
}

function issueCode(
  world: World,
  asked: AuthorizationRequest,
  email: string,
  granted: readonly string[],
): HttpReply {
  const { client_id } = asked.client;
  const earlier = world.oauth.grantOf(email, client_id);
  const consented = asked.prompt.has("consent") ||
    !granted.every((scope) => earlier?.scopes.has(scope));
  const grant = world.oauth.addGrant(email, client_id, granted);
  const scopes = asked.include_granted_scopes ? [...grant.scopes] : [...granted];
  // Google's codes contain a slash, which a careless callback parser breaks on.
  const code = `4/0A${randomId(60)}`;
  world.oauth.codes.set(code, {
    code,
    email,
    client_id,
    redirect_uri: asked.redirect_uri,
    scopes,
    offline: asked.offline,
    consented,
    challenge: asked.challenge,
    nonce: asked.nonce,
    expires_ms: world.clock.now() + code_lifetime_ms,
    redeemed: false,
  });
  return backToApp(asked, {
    code,
    scope: scopes.join(" "),
    authuser: "0",
    prompt: consented ? "consent" : "none",
  });
}

function backToApp(asked: AuthorizationRequest, answer: Record<string, string>): HttpReply {
  const url = new URL(asked.redirect_uri);
  if (asked.state !== null) url.searchParams.set("state", asked.state);
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
  return redirectReply(url.href);
}
