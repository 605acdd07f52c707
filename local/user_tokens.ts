import { decodeBase64Url, encodeBase64Url } from "@shared/std/encoding.ts";

const KEY_ID = "convene-local";

/** Turns the local auth server's tokens into ones that functions accept. */
export interface UserTokens {
  /** The key set for SUPABASE_JWKS, as JSON. */
  readonly jwks: string;
  /**
   * The same claims, changed by `changes`, with a `kid`; null when `token` was not signed by the local auth server.
   */
  resign(token: string, changes?: Record<string, unknown>): Promise<string | null>;
}

/**
 * lite signs HS256 without `kid`; `@supabase/server` refuses a token without one, because hosted
 * projects always name their key. Claims are not judged here: an expired token stays expired.
 */
export async function userTokens(jwt_secret: string): Promise<UserTokens> {
  const secret = new TextEncoder().encode(jwt_secret);
  const key = await crypto.subtle.importKey(
    "raw",
    secret,
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign", "verify"],
  );
  const header = encodeJson({ alg: "HS256", typ: "JWT", kid: KEY_ID });

  return {
    jwks: JSON.stringify({
      keys: [{ kty: "oct", alg: "HS256", kid: KEY_ID, k: encodeBase64Url(secret) }],
    }),
    async resign(token, changes = {}) {
      const [givenHeader, claims, signature, ...more] = token.split(".");
      if (!givenHeader || !claims || !signature || more.length > 0) return null;
      const signed = new TextEncoder().encode(`${givenHeader}.${claims}`);
      try {
        if (!isHs256(givenHeader)) return null;
        if (!await crypto.subtle.verify("HMAC", key, decodeBase64Url(signature), signed)) {
          return null;
        }
      } catch {
        return null;
      }
      const unsigned = `${header}.${changed(claims, changes)}`;
      const bytes = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(unsigned));
      return `${unsigned}.${encodeBase64Url(new Uint8Array(bytes))}`;
    },
  };
}

function isHs256(header: string): boolean {
  const decoded: unknown = JSON.parse(new TextDecoder().decode(decodeBase64Url(header)));
  return typeof decoded === "object" && decoded !== null && "alg" in decoded &&
    decoded.alg === "HS256";
}

function changed(claims: string, changes: Record<string, unknown>): string {
  if (Object.keys(changes).length === 0) return claims;
  const decoded = JSON.parse(new TextDecoder().decode(decodeBase64Url(claims)));
  return encodeJson({ ...decoded, ...changes });
}

function encodeJson(value: unknown): string {
  return encodeBase64Url(new TextEncoder().encode(JSON.stringify(value)));
}
