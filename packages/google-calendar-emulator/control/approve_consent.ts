import { isSignInScope, readScopes } from "../oauth/scopes.ts";

/** A person's decision on the consent page. */
export interface Consent {
  authorization_url: string;
  email: string;
  /** What stays ticked: everything (default), or these, by full or short name. */
  scopes?: "all" | string[];
  deny?: boolean;
}

const prefix = "https://www.googleapis.com/auth/";

/** Opens the consent page, ticks, presses the button, and returns where the browser would be
 * sent. A page that Google would not have shown (wrong client, wrong callback) is an Error with
 * its text. */
export async function approveConsent(consent: Consent): Promise<{ redirect_url: string }> {
  const page = await fetch(consent.authorization_url, { redirect: "manual" });
  const html = await page.text();
  const at_once = page.headers.get("location");
  if (at_once !== null) return { redirect_url: at_once };
  if (page.status !== 200) throw new Error(`The consent page was not shown: ${readable(html)}`);
  const asked = readScopes(new URL(consent.authorization_url).searchParams.get("scope") ?? "");
  const wanted = consent.scopes === undefined || consent.scopes === "all"
    ? asked
    : asked.filter((scope) =>
      isSignInScope(scope) || consent.scopes?.includes(scope) ||
      consent.scopes?.includes(scope.replace(prefix, ""))
    );
  const form = new URLSearchParams({
    email: consent.email,
    decision: consent.deny ? "deny" : "allow",
  });
  for (const scope of wanted) form.append("granted", scope);
  const answer = await fetch(consent.authorization_url, {
    method: "POST",
    body: form,
    redirect: "manual",
  });
  const text = await answer.text();
  const redirect_url = answer.headers.get("location");
  if (redirect_url === null) throw new Error(`Consent was not accepted: ${readable(text)}`);
  return { redirect_url };
}

function readable(html: string): string {
  return html.replaceAll(/<style>.*?<\/style>/gs, "").replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ").trim();
}
