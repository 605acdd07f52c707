import type { MethodContract, MethodName } from "../contract/methods.ts";
import { GoogleError } from "../contract/google_error.ts";
import type { Account, World } from "../world/world.ts";
import type { AccessToken } from "./oauth_store.ts";
import { shortScope } from "./scopes.ts";

/** The live access token of a Bearer header and its account; 401 as Google answers it. */
export function authenticate(
  world: World,
  authorization: string | undefined,
): { account: Account; token: AccessToken } {
  const match = /^Bearer\s+(\S+)$/i.exec(authorization ?? "");
  if (match === null) {
    throw new GoogleError("loginRequired", {
      headers: { "www-authenticate": 'Bearer realm="https://accounts.google.com/"' },
      front_end: { status: "UNAUTHENTICATED" },
    });
  }
  const token = world.oauth.access_tokens.get(match[1] ?? "");
  const account = token === undefined ? undefined : world.accounts.get(token.email);
  if (token === undefined || account === undefined || token.expires_ms <= world.clock.now()) {
    throw new GoogleError("authError", {
      headers: {
        "www-authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"',
      },
      front_end: { status: "UNAUTHENTICATED" },
    });
  }
  return { account, token };
}

/** 403 insufficientPermissions unless the token has one of the method's scopes; the token's short
 * scope names. */
export function authorise(
  token: AccessToken,
  method: MethodName,
  contract: MethodContract,
): ReadonlySet<string> {
  const scopes = new Set(token.scopes.map(shortScope));
  const sufficient = contract.scopes.filter((scope) => scopes.has(scope));
  if (sufficient.length > 0) return new Set(sufficient);
  throw new GoogleError("insufficientPermissions", {
    headers: {
      "www-authenticate": 'Bearer realm="https://accounts.google.com/", error="insufficient_scope"',
    },
    front_end: {
      status: "PERMISSION_DENIED",
      message: "Request had insufficient authentication scopes.",
      details: [{
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        domain: "googleapis.com",
        metadata: {
          service: "calendar-json.googleapis.com",
          method: `calendar.v3.${rpcName(method)}`,
        },
      }],
    },
  });
}

/** `freebusy.query` -> `Freebusy.Query` */
function rpcName(method: MethodName): string {
  return method.replaceAll(
    /(^|\.)([a-z])/g,
    (_match, dot: string, letter: string) => dot + letter.toUpperCase(),
  );
}
