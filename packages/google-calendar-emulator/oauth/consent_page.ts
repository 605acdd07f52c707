import type { World } from "../world/world.ts";
import type { AuthorizationPageError, AuthorizationRequest } from "./authorization_request.ts";
import { isSignInScope, shortScope } from "./scopes.ts";

/** True when the person may untick single scopes: sign-in scopes plus another one, or two others. */
export function isGranular(scopes: readonly string[]): boolean {
  const others = scopes.filter((scope) => !isSignInScope(scope)).length;
  return others >= 2 || (others === 1 && scopes.length > 1);
}

/** The consent page: choose an account, tick scopes, allow or deny. The form posts to the same
 * address. */
export function consentPage(world: World, request: AuthorizationRequest, action: string): string {
  const hint = request.login_hint?.toLowerCase();
  const emails = [...world.accounts.keys()];
  const chosen = emails.find((email) => email === hint) ?? emails[0];
  const accounts = emails.map((email) =>
    `<label><input type="radio" name="email" value="${escapeHtml(email)}"${
      email === chosen ? " checked" : ""
    }> ${escapeHtml(world.accounts.get(email)?.name ?? email)} &lt;${escapeHtml(email)}&gt;</label>`
  );
  const granular = isGranular(request.scopes);
  const scopes = request.scopes.map((scope) =>
    granular && !isSignInScope(scope)
      ? `<label><input type="checkbox" name="granted" value="${escapeHtml(scope)}" checked> ${
        escapeHtml(shortScope(scope))
      }</label>`
      : `<label><input type="hidden" name="granted" value="${escapeHtml(scope)}">${
        escapeHtml(shortScope(scope))
      }</label>`
  );
  return page(
    "Sign in with the calendar emulator",
    `<form method="post" action="${escapeHtml(action)}">
<h1>Sign in</h1>
<p><b>${escapeHtml(request.client.client_id)}</b> wants to access an account of this emulator.</p>
<fieldset><legend>Account</legend>${
      accounts.join("\n") || "<p>There is no account yet. Create one under /emulator/accounts.</p>"
    }</fieldset>
<fieldset><legend>Access</legend>${scopes.join("\n")}</fieldset>
<button name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</form>`,
  );
}

export function errorPage(error: AuthorizationPageError): string {
  return page(
    `Error ${error.status}: ${error.code}`,
    `<h1>Access blocked</h1><p>${escapeHtml(error.message)}</p><p>Error ${error.status}: ${
      escapeHtml(error.code)
    }</p>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<style>body{font:16px/1.5 system-ui;max-width:34rem;margin:3rem auto;padding:0 1rem}
label{display:block;margin:.3rem 0}fieldset{margin:1rem 0}button{font:inherit;padding:.4rem 1.2rem}</style>
</head><body>${body}</body></html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}
