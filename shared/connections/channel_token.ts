import { encodeHex } from "@shared/std/encoding.ts";
import { parseKeyring } from "./token_cipher.ts";

/** Domain separation: the keys of CONVENE_TOKEN_KEYS also encrypt credentials. */
const PURPOSE = new TextEncoder().encode("convene push channel");

/** The secret that Google repeats in each message of a push channel. It is derived from the channel's id, so none is stored. */
export interface ChannelTokens {
  /** 64 hex digits, under the first key of the keyring; Google allows 256 characters. */
  tokenOf(channel_id: string): Promise<string>;
  /** Whether a token belongs to a channel, in constant time, under any key of the keyring. */
  isTokenOf(channel_id: string, token: string): Promise<boolean>;
}

/** HMAC-SHA-256 under keys derived from CONVENE_TOKEN_KEYS. Throws `TokenCipherFault` on an invalid keyring. */
export function channelTokens(keyring: string | undefined): ChannelTokens {
  const keys = [...parseKeyring(keyring ?? "").values()].map(derive);

  return {
    async tokenOf(channel_id) {
      const [key] = keys;
      if (key === undefined) throw new Error("CONVENE_TOKEN_KEYS has no key");
      return encodeHex(await crypto.subtle.sign("HMAC", await key, bytesOf(channel_id)));
    },

    async isTokenOf(channel_id, token) {
      if (!/^[0-9a-f]{64}$/.test(token)) return false;
      const signature = new Uint8Array(
        (token.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)),
      );
      const checks = await Promise.all(keys.map(async (key) =>
        // Web Crypto compares in constant time.
        await crypto.subtle.verify("HMAC", await key, signature, bytesOf(channel_id))
      ));
      return checks.includes(true);
    },
  };
}

async function derive(bytes: BufferSource): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
  return await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: PURPOSE },
    material,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign", "verify"],
  );
}

function bytesOf(text: string) {
  return new TextEncoder().encode(text);
}
