import { parseKeyring } from "../../shared/connections/token_cipher.ts";
import { returnUrls } from "../../shared/connections/return_urls.ts";
import { googleConfiguration } from "../../shared/google/configuration.ts";
import { encodeBase64 } from "@shared/std/encoding.ts";
import type { DeployOptions } from "./deploy_options.ts";
import { sha256 } from "./functions_to_upload.ts";

/** Names and values of the functions' secrets, as given by the environment and the file. */
export type Secrets = Readonly<Record<string, string>>;

/** Supabase shows of a secret only its name and the SHA-256 of its value, in hexadecimal digits. */
export type Digests = ReadonlyMap<string, string>;

export const TOKEN_KEYS = "CONVENE_TOKEN_KEYS";

const REQUIRED: Readonly<Record<string, string>> = {
  GOOGLE_CLIENT_ID:
    "the id of the OAuth client, from https://console.cloud.google.com/auth/clients",
  GOOGLE_CLIENT_SECRET: "the secret of the same OAuth client",
  CONVENE_APP_URLS: "the addresses of your app to which users return from Google, comma separated",
};

const OPTIONAL = [
  TOKEN_KEYS,
  "CONVENE_MAIL_KEY",
  "CONVENE_MAIL_FROM",
  "CONVENE_MAIL_URL",
  "GOOGLE_WEBHOOK_URL",
  "GOOGLE_REDIRECT_URL",
  "GOOGLE_AUTHORIZATION_URL",
  "GOOGLE_TOKEN_URL",
  "GOOGLE_REVOCATION_URL",
  "GOOGLE_USERINFO_URL",
  "GOOGLE_CALENDAR_URL",
];

/**
 * The secrets given in the lines `NAME=value` of a file and in the environment, which wins, and those that
 * follow from the address of the project. An empty value counts as not given.
 */
export function givenSecrets(
  file: string,
  environment: Readonly<Record<string, string>>,
  { api_url, has_own_domain }: Pick<DeployOptions, "api_url" | "has_own_domain">,
): Secrets {
  const functions_url = `${api_url}/functions/v1`;
  const derived = {
    // Google sends messages to nothing but https.
    ...(api_url.startsWith("https:")
      ? { GOOGLE_WEBHOOK_URL: `${functions_url}/google-webhook` }
      : {}),
    ...(has_own_domain ? { GOOGLE_REDIRECT_URL: `${functions_url}/google-auth/callback` } : {}),
  };
  const all: Record<string, string> = { ...derived, ...parseLines(file), ...environment };
  return Object.fromEntries(
    [...Object.keys(REQUIRED), ...OPTIONAL].flatMap((name) => {
      const value = all[name]?.trim() || derived[name as keyof typeof derived];
      return value ? [[name, value]] : [];
    }),
  );
}

function parseLines(text: string): Record<string, string> {
  const entries = text.split("\n").map((line) =>
    /^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)=(.*)$/.exec(line)
  ).filter((match) => match !== null);
  return Object.fromEntries(
    entries.map((
      [, name = "", value = ""],
    ) => [name, value.trim().replace(/^(["'])(.*)\1$/, "$2")]),
  );
}

/** The sentences about secrets that are missing or unusable; empty if the project can be deployed with them. */
export async function secretProblems(
  given: Secrets,
  stored: Digests,
  env_file: string,
  has_connections: boolean,
): Promise<string[]> {
  const problems = Object.entries(REQUIRED).flatMap(([name, meaning]) =>
    given[name] || stored.has(name)
      ? []
      : [`${name} is missing: ${meaning}. Add the line ${name}=... to ${env_file}`]
  );
  const one_of_two = ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"].filter((name) => given[name]);
  if (one_of_two.length === 1 && problems.length === 0) {
    problems.push(
      `${one_of_two[0]} is given without the other half of the OAuth client: add both ` +
        `GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET to ${env_file}, or neither to keep what is stored`,
    );
  }
  const check = (test: () => unknown) => {
    try {
      test();
    } catch (error) {
      problems.push(`${error instanceof Error ? error.message : error} (${env_file})`);
    }
  };
  if (given.CONVENE_APP_URLS) check(() => returnUrls(given.CONVENE_APP_URLS));
  if (given[TOKEN_KEYS]) check(() => parseKeyring(given[TOKEN_KEYS] ?? ""));
  if (given.GOOGLE_CLIENT_ID && given.GOOGLE_CLIENT_SECRET) check(() => googleConfiguration(given));
  if (given.GOOGLE_WEBHOOK_URL && !given.GOOGLE_WEBHOOK_URL.startsWith("https://")) {
    problems.push(`GOOGLE_WEBHOOK_URL is no https address, and Google sends messages to no other`);
  }
  problems.push(...await tokenKeyProblems(given, stored, env_file, has_connections));
  return problems;
}

async function tokenKeyProblems(
  given: Secrets,
  stored: Digests,
  env_file: string,
  has_connections: boolean,
): Promise<string[]> {
  const keys = given[TOKEN_KEYS];
  const digest = stored.get(TOKEN_KEYS);
  if (digest === undefined && keys === undefined && has_connections) {
    return [
      `${TOKEN_KEYS} is missing, and the database has Google connections that were encrypted with ` +
      `it: add the line ${TOKEN_KEYS}=... of the earlier deployment to ${env_file}. With new keys ` +
      "every user would have to connect again",
    ];
  }
  if (digest === undefined || keys === undefined || digest === await digestOf(keys)) return [];
  return [
    `${TOKEN_KEYS} in ${env_file} is not what the project has, and is never overwritten: correct ` +
    'the line, or rotate the keys as "Rotate keys and secrets" in docs/deploy.md says',
  ];
}

/** The secrets that have to be set: given, and not stored with the same value. */
export async function changedSecrets(given: Secrets, stored: Digests): Promise<Secrets> {
  const changed: [string, string][] = [];
  for (const [name, value] of Object.entries(given)) {
    if (stored.get(name) !== await digestOf(value)) changed.push([name, value]);
  }
  return Object.fromEntries(changed);
}

/** One new key of 32 random bytes. */
export function generateTokenKeys(): string {
  return `k1:${encodeBase64(crypto.getRandomValues(new Uint8Array(32)))}`;
}

export function digestOf(value: string): Promise<string> {
  return sha256(new TextEncoder().encode(value));
}
