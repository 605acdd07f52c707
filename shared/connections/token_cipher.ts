import { decodeBase64, encodeBase64 } from "@shared/std/encoding.ts";

const FORMAT = "v1";
const IV_BYTES = 12;
const KEY_BYTES = 32;

/** The columns of private.google_connections and private.google_authorizations that are encrypted. */
export type EncryptedColumn =
  | "refresh_token_encrypted"
  | "access_token_encrypted"
  | "code_verifier_encrypted"
  | "google_code_encrypted";

/** Encrypts Google credentials for storage. What is encrypted for a column of one user opens there only. */
export interface TokenCipher {
  /** "v1.<key id>.<base64 of iv, ciphertext and tag>", under the first key of the keyring. */
  encrypt(plaintext: string, user_id: string, column: EncryptedColumn): Promise<string>;
  /** Throws `TokenCipherFault` for a forgotten key, another user or column, or text that was tampered with. */
  decrypt(encrypted: string, user_id: string, column: EncryptedColumn): Promise<string>;
  /** Whether it was encrypted under the first key, and an older key is not needed for it. */
  isCurrent(encrypted: string): boolean;
}

/** The keys or a stored credential are not usable. Its message never shows a key or a plaintext. */
export class TokenCipherFault extends Error {
  override readonly name = "TokenCipherFault";
}

/**
 * AES-256-GCM with the keyring of CONVENE_TOKEN_KEYS, "k2:<base64 of 32 bytes>,k1:<...>": the first key
 * encrypts, all of them decrypt. A new key is put in front; the old one stays until every connection
 * has been used once, which encrypts its tokens again. Throws `TokenCipherFault` on an invalid keyring.
 */
export function tokenCipher(keyring: string | undefined): TokenCipher {
  const keys = parseKeyring(keyring ?? "");
  const imported = new Map<string, Promise<CryptoKey>>();

  function keyOf(id: string): Promise<CryptoKey> {
    const bytes = keys.get(id);
    if (bytes === undefined) {
      throw new TokenCipherFault(
        `Cannot decrypt a stored token: CONVENE_TOKEN_KEYS has no key "${id}" any more. Put it ` +
          "back behind the newer keys, or let the user connect Google again",
      );
    }
    const known = imported.get(id) ??
      crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
    imported.set(id, known);
    return known;
  }

  const [first = ""] = keys.keys();

  return {
    isCurrent: (encrypted) => encrypted.startsWith(`${FORMAT}.${first}.`),

    async encrypt(plaintext, user_id, column) {
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const sealed = await crypto.subtle.encrypt(
        { name: "AES-GCM", iv, additionalData: boundTo(first, user_id, column) },
        await keyOf(first),
        new TextEncoder().encode(plaintext),
      );
      return `${FORMAT}.${first}.${
        encodeBase64(new Uint8Array([...iv, ...new Uint8Array(sealed)]))
      }`;
    },

    async decrypt(encrypted, user_id, column) {
      const [format, id, data, ...rest] = encrypted.split(".");
      if (format !== FORMAT || id === undefined || data === undefined || rest.length > 0) {
        throw new TokenCipherFault("Cannot decrypt a stored token: its format is unknown");
      }
      const key = await keyOf(id);
      try {
        const bytes = decodeBase64(data);
        const opened = await crypto.subtle.decrypt(
          {
            name: "AES-GCM",
            iv: bytes.slice(0, IV_BYTES),
            additionalData: boundTo(id, user_id, column),
          },
          key,
          bytes.slice(IV_BYTES),
        );
        return new TextDecoder().decode(opened);
      } catch {
        throw new TokenCipherFault(
          `Cannot decrypt a stored token: it was not encrypted with the present key "${id}" for ` +
            "this user and column, or it was changed. Let the user connect Google again",
        );
      }
    },
  };
}

/** What was encrypted, or null where it cannot be opened any more. */
export async function openOrNull(
  cipher: TokenCipher,
  encrypted: string,
  user_id: string,
  column: EncryptedColumn,
): Promise<string | null> {
  try {
    return await cipher.decrypt(encrypted, user_id, column);
  } catch (error) {
    if (error instanceof TokenCipherFault) return null;
    throw error;
  }
}

/** Ties a ciphertext to its place: copied into another user's row or another column, it does not open. */
function boundTo(key_id: string, user_id: string, column: EncryptedColumn) {
  return new TextEncoder().encode(`convene ${FORMAT} ${key_id} ${user_id} ${column}`);
}

/** The keys of CONVENE_TOKEN_KEYS by their ids, the present one first. Throws `TokenCipherFault`. */
export function parseKeyring(text: string) {
  const entries = text.split(",").map((entry) => entry.trim()).filter((entry) => entry !== "");
  const keys = new Map(entries.map(parseKey));
  if (keys.size === 0) {
    throw new TokenCipherFault(
      "CONVENE_TOKEN_KEYS is not set. Set it as a secret of the functions to k1:<base64 of 32 " +
        "random bytes>, for example from: openssl rand -base64 32",
    );
  }
  if (keys.size < entries.length) {
    throw new TokenCipherFault(
      "CONVENE_TOKEN_KEYS has two keys with the same id. Give every key its own id",
    );
  }
  return keys;
}

function parseKey(entry: string, index: number) {
  const [, id, data = ""] = /^([A-Za-z0-9_-]{1,32}):(.*)$/.exec(entry) ?? [];
  const bytes = decodeKey(data);
  if (id === undefined || bytes === null || bytes.length !== KEY_BYTES) {
    // Not a word of the entry itself: it may be a bare key.
    throw new TokenCipherFault(
      `CONVENE_TOKEN_KEYS is unusable: entry ${index + 1} is not <id>:<base64 of 32 bytes>`,
    );
  }
  return [id, bytes] as const;
}

function decodeKey(data: string) {
  try {
    return decodeBase64(data.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return null;
  }
}
