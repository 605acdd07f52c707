import assert from "node:assert/strict";
import { googleOAuth } from "@shared/google/oauth.ts";
import { codeChallenge } from "@shared/google/pkce.ts";
import { SCOPES } from "@shared/google/scopes.ts";
import { recordedFetch } from "./recorded_fetch.ts";

const ADDRESSES = {
  authorization_url: "https://accounts.example/auth",
  token_url: "https://oauth.example/token",
  revocation_url: "https://oauth.example/revoke",
  userinfo_url: "https://openid.example/userinfo",
};

function oauthAnswering(status: number, body: unknown) {
  const { fetch, sent } = recordedFetch(() =>
    typeof body === "string" ? new Response(body, { status }) : Response.json(body, { status })
  );
  const oauth = googleOAuth({ client_id: "id", client_secret: "top", ...ADDRESSES, fetch });
  return { oauth, sent };
}

const EXCHANGE = {
  code: "4/0Acode",
  code_verifier: "verifier",
  redirect_uri: "https://x.example/cb",
};

Deno.test("authorizationUrl() asks for offline access, consent, PKCE and the least scopes", () => {
  const { oauth } = oauthAnswering(200, {});
  const redirect_uri = "https://x.example/functions/v1/google-auth/callback";
  const request = { redirect_uri, state: "s t&te", code_challenge: "challenge" };
  const url = new URL(oauth.authorizationUrl(request));
  assert.equal(url.origin + url.pathname, ADDRESSES.authorization_url);
  assert.deepEqual(Object.fromEntries(url.searchParams), {
    client_id: "id",
    redirect_uri,
    response_type: "code",
    scope: SCOPES.join(" "),
    state: "s t&te",
    code_challenge: "challenge",
    code_challenge_method: "S256",
    access_type: "offline",
    prompt: "consent",
  });
  const hinted = oauth.authorizationUrl({ ...request, login_hint: "a@x.example" });
  assert.equal(new URL(hinted).searchParams.get("login_hint"), "a@x.example");
});

Deno.test("codeChallenge() is the one of RFC 7636, appendix B", async () => {
  assert.equal(
    await codeChallenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
  );
});

Deno.test("exchangeCode() sends a form and reports what was granted as a set", async () => {
  const { oauth, sent } = oauthAnswering(200, {
    access_token: "ya29.a",
    expires_in: 3599,
    refresh_token: "1//r",
    scope: "openid b a a",
    token_type: "Bearer",
    id_token: "x.y.z",
  });
  const outcome = await oauth.exchangeCode(EXCHANGE);
  assert.deepEqual(outcome, {
    verdict: "done",
    status: 200,
    value: {
      access_token: "ya29.a",
      expires_in_seconds: 3599,
      refresh_token: "1//r",
      granted_scopes: ["a", "b", "openid"],
    },
  });
  const form = Object.fromEntries(new URLSearchParams(sent[0]?.text));
  assert.equal(sent[0]?.url.href, ADDRESSES.token_url);
  assert.equal(sent[0]?.headers.get("content-type"), "application/x-www-form-urlencoded");
  assert.deepEqual(form, {
    grant_type: "authorization_code",
    client_id: "id",
    client_secret: "top",
    ...EXCHANGE,
  });
});

Deno.test("exchangeCode() says when Google left the refresh token out", async () => {
  const { oauth } = oauthAnswering(200, { access_token: "a", expires_in: 1, scope: "openid" });
  const outcome = await oauth.exchangeCode(EXCHANGE);
  assert.ok(outcome.verdict === "done");
  assert.equal(outcome.value.refresh_token, null);
});

Deno.test("exchangeCode() keeps no text of a good answer that it cannot read", async () => {
  const { oauth } = oauthAnswering(200, { access_token: "ya29.secret", expires_in: "soon" });
  const outcome = await oauth.exchangeCode(EXCHANGE);
  assert.ok(outcome.verdict === "unknown");
  assert.ok(!JSON.stringify(outcome).includes("secret"));
});

const TOKEN_ERRORS: [status: number, body: unknown, refresh: string, exchange: string][] = [
  [400, { error: "invalid_grant", error_description: "Bad Request" }, "reconnect", "reconnect"],
  [400, { error: "invalid_grant", error_subtype: "invalid_rapt" }, "reconnect", "reconnect"],
  [401, { error: "invalid_client" }, "reject", "reject"],
  [401, { error: "unauthorized_client" }, "reject", "reject"],
  [400, { error: "redirect_uri_mismatch" }, "reject", "reject"],
  [401, { error: "deleted_client" }, "reject", "reject"],
  [400, { error: "invalid_request" }, "reject", "reject"],
  [403, { error: "rate_limit_exceeded" }, "retry", "retry"],
  [429, { error: "rate_limit_exceeded" }, "defer", "defer"],
  [500, { error: "internal_failure" }, "retry", "unknown"],
  [503, { error: "invalid_grant" }, "retry", "unknown"],
  [502, "<html>Error 502</html>", "retry", "unknown"],
  [404, "<html>Error 404</html>", "reject", "reject"],
];

for (const [status, body, refresh, exchange] of TOKEN_ERRORS) {
  const title = typeof body === "string" ? body : JSON.stringify(body);
  Deno.test(`googleOAuth() makes ${refresh} (refresh), ${exchange} (exchange) of ${status} ${title}`, async () => {
    const { oauth } = oauthAnswering(status, body);
    assert.equal((await oauth.refresh("1//r")).verdict, refresh);
    const exchanged = await oauth.exchangeCode(EXCHANGE);
    assert.ok(exchanged.verdict !== "done");
    assert.equal(exchanged.verdict, exchange);
    assert.equal(exchanged.google.status, status);
  });
}

Deno.test("refresh() keeps Google's reason and subtype", async () => {
  const { oauth } = oauthAnswering(400, {
    error: "invalid_grant",
    error_description: "reauth related error",
    error_subtype: "invalid_rapt",
  });
  const outcome = await oauth.refresh("1//r");
  assert.ok(outcome.verdict === "reconnect");
  assert.equal(outcome.google.reason, "invalid_grant");
  assert.equal(outcome.google.message, "reauth related error (invalid_rapt)");
});

Deno.test("refresh() returns a token and its life in seconds", async () => {
  const { oauth, sent } = oauthAnswering(200, { access_token: "new", expires_in: 3599 });
  const outcome = await oauth.refresh("1//r");
  assert.deepEqual(outcome, {
    verdict: "done",
    status: 200,
    value: { access_token: "new", expires_in_seconds: 3599, account: null },
  });
  const form = new URLSearchParams(sent[0]?.text);
  assert.equal(form.get("grant_type"), "refresh_token");
  assert.equal(form.get("refresh_token"), "1//r");
});

Deno.test("refresh() returns what the id_token says of the account, and ignores one that says nothing", async () => {
  const claims = { sub: "1042", email: "new@x.example", email_verified: true, hd: "X.example" };
  const cases: [unknown, unknown][] = [
    [claims, {
      google_account_id: "1042",
      email: "new@x.example",
      email_verified: true,
      hosted_domain: "x.example",
    }],
    [{ sub: "1042" }, null],
    ["no object", null],
  ];
  for (const [payload, account] of cases) {
    const encoded = btoa(JSON.stringify(payload)).replaceAll("=", "");
    const { oauth } = oauthAnswering(200, {
      access_token: "new",
      expires_in: 3599,
      id_token: `e30.${encoded}.c2ln`,
    });
    const outcome = await oauth.refresh("1//r");
    assert.ok(outcome.verdict === "done");
    assert.deepEqual(outcome.value.account, account);
  }
});

Deno.test("revoke() is done when Google says so, and when the token was dead already", async () => {
  for (const body of [{}, ""]) {
    const { oauth, sent } = oauthAnswering(200, body);
    const outcome = await oauth.revoke("1//r+");
    assert.deepEqual(outcome, { verdict: "done", status: 200, value: { already_revoked: false } });
    assert.equal(new URLSearchParams(sent[0]?.text).get("token"), "1//r+");
  }
  for (const error of ["invalid_token", "invalid_grant"]) {
    const { oauth } = oauthAnswering(400, { error, error_description: "Token expired or revoked" });
    const outcome = await oauth.revoke("1//r");
    assert.deepEqual(outcome, { verdict: "done", status: 400, value: { already_revoked: true } });
  }
});

Deno.test("revoke() does not call a failure done", async () => {
  assert.equal((await oauthAnswering(503, "").oauth.revoke("1//r")).verdict, "retry");
  const refused = oauthAnswering(400, { error: "invalid_request" });
  assert.equal((await refused.oauth.revoke("1//r")).verdict, "reject");
});

Deno.test("userinfo() names the account by its stable id", async () => {
  const { oauth, sent } = oauthAnswering(200, {
    sub: "1042",
    email: "a@x.example",
    email_verified: true,
    hd: "X.example",
  });
  const outcome = await oauth.userinfo("ya29.a");
  assert.ok(outcome.verdict === "done");
  assert.deepEqual(outcome.value, {
    google_account_id: "1042",
    email: "a@x.example",
    email_verified: true,
    hosted_domain: "x.example",
  });
  assert.equal(sent[0]?.headers.get("authorization"), "Bearer ya29.a");
});
