import type { World } from "../world/world.ts";
import type { AuthorizationCode } from "./oauth_store.ts";
import { emailClaims } from "./account_endpoints.ts";
import { base64Url } from "./base64_url.ts";

/** An RS256 id_token with Google's claims for the granted scopes. */
export async function signIdToken(
  world: World,
  granted: Pick<AuthorizationCode, "email" | "client_id" | "scopes" | "nonce">,
  access_token: string,
): Promise<string> {
  const account = world.accounts.get(granted.email);
  const now = Math.floor(world.clock.now() / 1000);
  const has = (name: string) =>
    granted.scopes.includes(`https://www.googleapis.com/auth/userinfo.${name}`);
  const hash = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(access_token)),
  );
  const claims = {
    iss: "https://accounts.google.com",
    azp: granted.client_id,
    aud: granted.client_id,
    sub: account?.sub,
    ...(has("email") && account !== undefined ? emailClaims(account) : {}),
    ...(has("profile") ? { name: account?.name } : {}),
    ...(granted.nonce === null ? {} : { nonce: granted.nonce }),
    at_hash: base64Url(hash.slice(0, 16)),
    iat: now,
    exp: now + 3600,
  };
  const key = world.signing_key;
  const signed = [{ alg: "RS256", kid: key.kid, typ: "JWT" }, claims]
    .map((part) => base64Url(new TextEncoder().encode(JSON.stringify(part)))).join(".");
  const { privateKey } = await key.pair();
  const signature = await crypto.subtle.sign(
    "RSASSA-PKCS1-v1_5",
    privateKey,
    new TextEncoder().encode(signed),
  );
  return `${signed}.${base64Url(new Uint8Array(signature))}`;
}
