const LIMIT = 500;

const SECRETS =
  "access_token|refresh_token|id_token|client_secret|code|code_verifier|token|assertion";
const JSON_SECRET = new RegExp(`("(?:${SECRETS})"\\s*:\\s*")[^"]*`, "gi");
const FORM_SECRET = new RegExp(`\\b((?:${SECRETS})=)[^&\\s"]+`, "gi");
const BEARER = /\b(Bearer\s+)[\w.~+/=-]{8,}/gi;
// Google's access tokens start with "ya29.", its refresh tokens with "1//", its codes with "4/".
const GOOGLE_CREDENTIAL = /\b(?:ya29\.|1\/\/|4\/)[\w.\-/]{8,}/g;

/** The first 500 characters of a response without credentials, so that it can be stored and shown. */
export function excerpt(body: unknown): string {
  const text = typeof body === "string" ? body : body === null ? "" : JSON.stringify(body) ?? "";
  return text
    // More than is returned: a credential is only recognised if it is complete.
    .slice(0, LIMIT * 8)
    .replace(JSON_SECRET, "$1[removed]")
    .replace(FORM_SECRET, "$1[removed]")
    .replace(BEARER, "$1[removed]")
    .replace(GOOGLE_CREDENTIAL, "[removed]")
    .slice(0, LIMIT);
}
