import { encodeBase64Url } from "@shared/std/encoding.ts";

/** The S256 challenge of a PKCE verifier (RFC 7636, 4.2): base64url of its SHA-256. */
export async function codeChallenge(code_verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code_verifier));
  return encodeBase64Url(digest);
}
