import type { PlatformKeys } from "../keys.ts";

export interface FunctionsEnvironmentOptions {
  api_url: string;
  keys: PlatformKeys;
  /** The key set that user tokens are verified with, as JSON. */
  jwks: string;
  /** The emulator's address, or null when the functions talk to the real Google. */
  google_url: string | null;
  /** Whether the emulator's push notifications have an address. */
  is_push_received: boolean;
  /** Wins over everything here. */
  extra: Record<string, string>;
}

/** The variables of a deployed function: Supabase's own, and the secrets that the project sets. */
export function functionsEnvironment(options: FunctionsEnvironmentOptions): Record<string, string> {
  const { api_url, keys, google_url } = options;
  return {
    SUPABASE_URL: api_url,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishable_key }),
    SUPABASE_SECRET_KEYS: JSON.stringify({
      default: keys.secret_key,
      automations: keys.automations_key,
    }),
    SUPABASE_JWKS: options.jwks,
    CONVENE_TOKEN_KEYS: keys.token_keys,
    CONVENE_APP_URLS: `${api_url}/app`,
    // Receivers of a deployed project are never on its own machine; here they are.
    CONVENE_LOOPBACK_TARGETS: "allow",
    ...(google_url === null ? {} : emulatorEnvironment(google_url, options)),
    ...options.extra,
  };
}

function emulatorEnvironment(
  google_url: string,
  { api_url, keys, is_push_received }: FunctionsEnvironmentOptions,
): Record<string, string> {
  return {
    GOOGLE_CLIENT_ID: keys.google_client_id,
    GOOGLE_CLIENT_SECRET: keys.google_client_secret,
    GOOGLE_AUTHORIZATION_URL: `${google_url}/o/oauth2/v2/auth`,
    GOOGLE_TOKEN_URL: `${google_url}/token`,
    GOOGLE_REVOCATION_URL: `${google_url}/revoke`,
    GOOGLE_USERINFO_URL: `${google_url}/v1/userinfo`,
    GOOGLE_CALENDAR_URL: `${google_url}/calendar/v3`,
    ...(is_push_received ? { GOOGLE_WEBHOOK_URL: `${api_url}/functions/v1/google-webhook` } : {}),
  };
}
