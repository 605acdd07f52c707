import { googleOAuth } from "../../shared/google/oauth.ts";
import { googleConfiguration } from "../../shared/google/configuration.ts";
import { reasonOf } from "../../shared/failures/failure.ts";
import type { DeployOptions } from "./deploy_options.ts";
import type { Check } from "./check.ts";
import type { Secrets } from "./secrets.ts";

/** Codes of Google's error pages that the operator can correct, each with what to do. */
const ERRORS: Readonly<Record<string, string>> = {
  redirect_uri_mismatch: "register exactly this redirect URI for the OAuth client",
  invalid_client: "compare GOOGLE_CLIENT_ID with Google's console",
  deleted_client: "the OAuth client was deleted: create another one",
  disabled_client: "the OAuth client is disabled: enable it in Google's console",
  invalid_scope: "add the scopes to the consent screen (docs/deploy.md)",
  org_internal: "the consent screen is for one organization only: make its audience external",
  access_denied: "the consent screen refuses: compare it with docs/deploy.md",
};

/** No code of Google looks so: it is refused as unknown after the client was accepted. */
const NO_CODE = "convene-deploy-verification";

/** Asks Google's endpoints whether they know the client, its redirect URI and its secret, without a sign-in. */
export async function verifyGoogle(given: Secrets, options: DeployOptions): Promise<Check[]> {
  if (!given.GOOGLE_CLIENT_ID || !given.GOOGLE_CLIENT_SECRET) {
    return [{
      name: "Google's OAuth client",
      problem: null,
      details:
        `not asked, because ${options.env_file} has neither id nor secret; the stored ones stay`,
    }];
  }
  const { oauth } = googleConfiguration(given);
  const redirect_uri = given.GOOGLE_REDIRECT_URL ??
    `${options.api_url}/functions/v1/google-auth/callback`;
  const client = googleOAuth(oauth);
  const code_challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
  const page = client.authorizationUrl({ redirect_uri, state: NO_CODE, code_challenge });
  return [
    await checked(
      `Google accepts the client id and the redirect URI ${redirect_uri}`,
      async () => await errorOfPage(page),
    ),
    await checked("Google accepts the client secret", async () => {
      const outcome = await client.exchangeCode({
        code: NO_CODE,
        code_verifier: NO_CODE.padEnd(43, "-"),
        redirect_uri,
      });
      if (outcome.verdict === "done") return "Google took a code that does not exist";
      const reason = reasonOf(outcome);
      if (reason === "invalid_grant") return null;
      return reason === "invalid_client" || reason === "unauthorized_client"
        ? `${reason}: compare GOOGLE_CLIENT_SECRET with Google's console`
        : `${reason}: ${oauth.token_url} did not accept the client`;
    }),
  ];
}

async function checked(name: string, find: () => Promise<string | null>): Promise<Check> {
  try {
    return { name, problem: await find(), details: null };
  } catch (error) {
    return { name, problem: error instanceof Error ? error.message : String(error), details: null };
  }
}

/**
 * The error that Google's page shows instead of the sign-in; null if it shows the sign-in. Google answers
 * an error with a redirect to /signin/oauth/error, whose parameter authError holds the code, base64 encoded.
 */
async function errorOfPage(url: string): Promise<string | null> {
  const response = await fetch(url, { redirect: "manual" });
  const body = await response.text();
  const location = response.headers.get("location");
  if (response.status < 300) return null;
  let text = body;
  if (location !== null) {
    const target = new URL(location, url);
    if (!target.pathname.includes("/oauth/error")) return null;
    text = decoded(target.searchParams.get("authError") ?? "") + target.search;
  }
  const code = Object.keys(ERRORS).find((one) => text.includes(one));
  return code === undefined
    ? `Google answers ${response.status}; open ${url} in a browser to see why`
    : `${code}: ${ERRORS[code]}`;
}

function decoded(base64: string): string {
  try {
    return atob(base64.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return "";
  }
}
