import { encodeBase64, encodeBase64Url } from "@shared/std/encoding.ts";

/** Every secret of one local project. Made at random; nothing here is ever written into code. */
export interface PlatformKeys {
  /** `sb_publishable_...`: acts as anon. */
  publishable_key: string;
  /** `sb_secret_...`: acts as service_role. */
  secret_key: string;
  /** `sb_secret_...`: acts as service_role, and is what webhooks and cron call functions with. */
  automations_key: string;
  /** Signs user tokens (HS256). */
  jwt_secret: string;
  /** Encrypts Google tokens: `<key id>:<base64 of 32 bytes>`, the form of CONVENE_TOKEN_KEYS. */
  token_keys: string;
  /** The OAuth client that the Google emulator knows. */
  google_client_id: string;
  google_client_secret: string;
}

export function generateKeys(): PlatformKeys {
  return {
    publishable_key: `sb_publishable_${randomText(24)}`,
    secret_key: `sb_secret_${randomText(24)}`,
    automations_key: `sb_secret_${randomText(24)}`,
    jwt_secret: randomText(48),
    token_keys: `k1:${encodeBase64(randomBytes(32))}`,
    google_client_id: `${randomText(12).toLowerCase()}.apps.googleusercontent.example`,
    google_client_secret: randomText(24),
  };
}

/**
 * The keys kept in `file`, or new ones, kept there from now on and readable by this user only:
 * without the same keys, users' sessions and stored Google tokens would not outlive a restart.
 */
export async function keptKeys(file: string): Promise<PlatformKeys> {
  try {
    return parseKeys(JSON.parse(await Deno.readTextFile(file)), file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const keys = generateKeys();
  await Deno.writeTextFile(file, JSON.stringify(keys, null, 2) + "\n", {
    mode: 0o600,
    createNew: true,
  });
  return keys;
}

function parseKeys(value: unknown, file: string): PlatformKeys {
  const kept: Record<string, unknown> = { ...(typeof value === "object" ? value : null) };
  const read = (name: keyof PlatformKeys): string => {
    const key = kept[name];
    if (typeof key === "string" && key !== "") return key;
    throw new Error(`${file} has no ${name}: restore the file, or start with another directory`);
  };
  return {
    publishable_key: read("publishable_key"),
    secret_key: read("secret_key"),
    automations_key: read("automations_key"),
    jwt_secret: read("jwt_secret"),
    token_keys: read("token_keys"),
    google_client_id: read("google_client_id"),
    google_client_secret: read("google_client_secret"),
  };
}

function randomText(bytes: number): string {
  return encodeBase64Url(randomBytes(bytes));
}

function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(count));
}
