import type { GoogleAuthorizations } from "@shared/connections/authorizations.ts";
import type { Code } from "@shared/failures/codes.ts";
import type { ReturnUrls } from "@shared/connections/return_urls.ts";

export interface CallbackDependencies {
  authorizations: GoogleAuthorizations;
  return_urls: ReturnUrls;
}

/**
 * Answers Google's redirect with one to the app: `?convene_code=` for `POST /complete`, or `?convene_error=`
 * access_denied (the person declined), google_refused, invalid_state (unknown, expired or used).
 */
export async function answerGoogle(
  { authorizations, return_urls }: CallbackDependencies,
  request: Request,
): Promise<Response> {
  const answer = new URL(request.url).searchParams;
  const state = answer.get("state") ?? "";
  const begun = await authorizations.find(state);
  if (begun === null) return sendTo(return_urls.fallback, { convene_error: "invalid_state" });

  // The list may have been shortened since the user set out.
  const app = return_urls.choose(begun.return_url) ?? return_urls.fallback;
  const google_code = answer.get("code");
  if (google_code === null) {
    const is_denied = answer.get("error") === "access_denied";
    return sendTo(app, { convene_error: is_denied ? "access_denied" : "google_refused" });
  }
  const code = await authorizations.receive(state, begun.user_id, google_code);
  return sendTo(
    app,
    code === null ? { convene_error: "invalid_state" } : { convene_code: code },
  );
}

/** supabase-js takes `code` and `error` of any page's address for the end of its own sign-in. */
type Answer = { convene_code: string } | { convene_error: Code };

function sendTo(app: string, answer: Answer): Response {
  const location = new URL(app);
  location.searchParams.delete("convene_code");
  location.searchParams.delete("convene_error");
  for (const [name, value] of Object.entries(answer)) location.searchParams.set(name, value);
  return new Response(null, {
    status: 302,
    headers: {
      location: location.href,
      "cache-control": "no-store",
      // This page's address holds Google's code; the app need not learn it.
      "referrer-policy": "no-referrer",
    },
  });
}
