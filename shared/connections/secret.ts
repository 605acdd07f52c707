import { encodeHex } from "@shared/std/encoding.ts";

/** 256 random bits in 64 hex digits: a state, a one-time code, or a PKCE verifier (43 to 128 allowed). */
export function randomSecret(): string {
  return encodeHex(crypto.getRandomValues(new Uint8Array(32)));
}

/** SHA-256 in hex: stored instead of a secret that a client keeps. */
export async function hashSecret(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return encodeHex(digest);
}
