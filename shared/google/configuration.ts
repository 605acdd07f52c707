import type { OAuthOptions } from "./oauth.ts";

/** Google's own addresses; each variable replaces one, which is how the local platform points elsewhere. */
const ADDRESSES = {
  GOOGLE_AUTHORIZATION_URL: "https://accounts.google.com/o/oauth2/v2/auth",
  GOOGLE_TOKEN_URL: "https://oauth2.googleapis.com/token",
  GOOGLE_REVOCATION_URL: "https://oauth2.googleapis.com/revoke",
  GOOGLE_USERINFO_URL: "https://openidconnect.googleapis.com/v1/userinfo",
  GOOGLE_CALENDAR_URL: "https://www.googleapis.com/calendar/v3",
} as const;

export type Environment = Record<string, string | undefined>;

export interface GoogleConfiguration {
  oauth: OAuthOptions;
  calendar: { base_url: string };
}

/** Reads GOOGLE_* from the environment. Throws an error that names the variable to set or correct. */
export function googleConfiguration(env: Environment): GoogleConfiguration {
  return {
    oauth: {
      client_id: required(env, "GOOGLE_CLIENT_ID"),
      client_secret: required(env, "GOOGLE_CLIENT_SECRET"),
      authorization_url: address(env, "GOOGLE_AUTHORIZATION_URL"),
      token_url: address(env, "GOOGLE_TOKEN_URL"),
      revocation_url: address(env, "GOOGLE_REVOCATION_URL"),
      userinfo_url: address(env, "GOOGLE_USERINFO_URL"),
    },
    calendar: { base_url: address(env, "GOOGLE_CALENDAR_URL") },
  };
}

function required(env: Environment, name: string): string {
  const value = env[name]?.trim();
  if (value === undefined || value === "") {
    throw new Error(
      `Google cannot be called: ${name} is not set. Set it as a secret of the functions to the ` +
        "value that Google's console shows for the OAuth client",
    );
  }
  return value;
}

function address(env: Environment, name: keyof typeof ADDRESSES): string {
  const value = env[name]?.trim() || ADDRESSES[name];
  if (!URL.canParse(value)) throw new Error(`Cannot talk to Google: ${name} is no URL: "${value}"`);
  return value;
}
