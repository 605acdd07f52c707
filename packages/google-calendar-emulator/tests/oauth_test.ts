import assert from "node:assert/strict";
import { auth } from "@googleapis/calendar";
import { default_client } from "../emulator.ts";
import { ana, bo, type Lab, member, openTeam } from "./lab.ts";

const callback = "http://127.0.0.1:9/callback";
const prefix = "https://www.googleapis.com/auth/";
const verifier = "a-verifier-of-more-than-forty-three-characters-0123";

function authorizationUrl(lab: Lab, changes: Record<string, string | null> = {}): string {
  const url = new URL("/o/oauth2/v2/auth", lab.url);
  const parameters: Record<string, string | null> = {
    client_id: default_client.client_id,
    redirect_uri: callback,
    response_type: "code",
    scope: `openid email ${prefix}calendar.events ${prefix}calendar.freebusy`,
    state: "s t/a+te",
    access_type: "offline",
    prompt: "consent",
    ...changes,
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null) url.searchParams.set(name, value);
  }
  return url.href;
}

async function approve(lab: Lab, changes: Record<string, string | null> = {}, scopes?: string[]) {
  const { redirect_url } = await lab.control.approve({
    authorization_url: authorizationUrl(lab, changes),
    email: ana,
    ...(scopes === undefined ? {} : { scopes }),
  });
  return new URL(redirect_url).searchParams;
}

async function token(lab: Lab, form: Record<string, string>, basic?: string) {
  const response = await fetch(`${lab.url}/token`, {
    method: "POST",
    ...(basic === undefined ? {} : { headers: { authorization: `Basic ${btoa(basic)}` } }),
    body: new URLSearchParams({
      ...(basic === undefined
        ? { client_id: default_client.client_id, client_secret: default_client.client_secret }
        : {}),
      ...form,
    }),
  });
  const body: unknown = await response.json();
  const text = (name: string) => {
    const value = member(body, name);
    return value === undefined ? undefined : String(value);
  };
  return { status: response.status, body, text };
}

function exchange(lab: Lab, code: string | null, more: Record<string, string> = {}) {
  return token(lab, {
    grant_type: "authorization_code",
    code: code ?? "",
    redirect_uri: callback,
    ...more,
  });
}

Deno.test("Google's client gets through consent, code, refresh and revocation", async () => {
  await using lab = await openTeam();
  const oauth = new auth.OAuth2({
    clientId: default_client.client_id,
    clientSecret: default_client.client_secret,
    redirectUri: callback,
    endpoints: {
      oauth2AuthBaseUrl: `${lab.url}/o/oauth2/v2/auth`,
      oauth2TokenUrl: `${lab.url}/token`,
      oauth2RevokeUrl: `${lab.url}/revoke`,
      tokenInfoUrl: `${lab.url}/tokeninfo`,
    },
  });
  const { redirect_url } = await lab.control.approve({
    authorization_url: oauth.generateAuthUrl({
      access_type: "offline",
      prompt: "consent",
      scope: ["openid", `${prefix}calendar`],
    }),
    email: ana,
  });
  const { tokens } = await oauth.getToken(new URL(redirect_url).searchParams.get("code") ?? "");
  assert.ok(tokens.refresh_token);
  assert.equal(tokens.token_type, "Bearer");
  oauth.setCredentials(tokens);
  const info = await oauth.getTokenInfo(tokens.access_token ?? "");
  assert.equal(info.email, ana);
  const refreshed = await oauth.refreshAccessToken();
  assert.notEqual(refreshed.credentials.access_token, tokens.access_token);
  assert.equal((await oauth.revokeCredentials()).status, 200);
  await assert.rejects(oauth.getTokenInfo(refreshed.credentials.access_token ?? ""));
});

Deno.test("the callback carries code, scope and state, and the code has a slash", async () => {
  await using lab = await openTeam();
  const answer = await approve(lab);
  assert.equal(answer.get("state"), "s t/a+te");
  assert.match(answer.get("code") ?? "", /^4\//);
  assert.deepEqual(
    new Set(answer.get("scope")?.split(" ")),
    new Set([
      "openid",
      `${prefix}userinfo.email`,
      `${prefix}calendar.events`,
      `${prefix}calendar.freebusy`,
    ]),
  );
});

Deno.test("denial comes back as access_denied with the state", async () => {
  await using lab = await openTeam();
  const { redirect_url } = await lab.control.approve({
    authorization_url: authorizationUrl(lab),
    email: ana,
    deny: true,
  });
  const answer = new URL(redirect_url).searchParams;
  assert.equal(answer.get("error"), "access_denied");
  assert.equal(answer.get("state"), "s t/a+te");
  assert.equal(answer.get("code"), null);
});

Deno.test("an unticked scope is missing from the grant and from the token", async () => {
  await using lab = await openTeam();
  const answer = await approve(lab, {}, ["calendar.freebusy"]);
  const granted = await exchange(lab, answer.get("code"));
  assert.deepEqual(
    new Set(granted.text("scope")?.split(" ")),
    new Set([
      "openid",
      `${prefix}userinfo.email`,
      `${prefix}calendar.freebusy`,
    ]),
  );
});

Deno.test("a single calendar scope cannot be unticked", async () => {
  await using lab = await openTeam();
  const answer = await approve(lab, { scope: `${prefix}calendar` }, []);
  assert.equal(answer.get("scope"), `${prefix}calendar`);
});

Deno.test("an exchange gives 3599 seconds, an id_token that verifies, and a working token", async () => {
  await using lab = await openTeam();
  const answer = await approve(lab, { nonce: "n-1", scope: "openid email profile" });
  const { status, text, body } = await exchange(lab, answer.get("code"));
  assert.equal(status, 200);
  assert.equal(member(body, "expires_in"), 3599);
  assert.equal(text("token_type"), "Bearer");
  const [head = "", claims = "", signature = ""] = (text("id_token") ?? "").split(".");
  const decode = (part: string) =>
    Uint8Array.from(
      atob(part.replaceAll("-", "+").replaceAll("_", "/")),
      (character) => character.charCodeAt(0),
    );
  const read = (part: string): unknown => JSON.parse(new TextDecoder().decode(decode(part)));
  const certs: { keys: (JsonWebKey & { kid: string })[] } =
    await (await fetch(`${lab.url}/oauth2/v3/certs`)).json();
  const jwk = certs.keys.find(({ kid }) => kid === member(read(head), "kid"));
  assert.ok(jwk);
  const key = await crypto.subtle.importKey(
    "jwk",
    jwk,
    { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    false,
    ["verify"],
  );
  const signed = new TextEncoder().encode(`${head}.${claims}`);
  assert.ok(await crypto.subtle.verify("RSASSA-PKCS1-v1_5", key, decode(signature), signed));
  assert.partialDeepStrictEqual(read(claims), {
    iss: "https://accounts.google.com",
    aud: default_client.client_id,
    email: ana,
    email_verified: true,
    name: "Ana",
    nonce: "n-1",
    exp: Date.parse("2026-11-23T09:00:00Z") / 1000,
  });
  const response = await fetch(`${lab.url}/v1/userinfo`, {
    headers: { authorization: `Bearer ${text("access_token")}` },
  });
  assert.partialDeepStrictEqual(await response.json(), {
    sub: member(read(claims), "sub"),
    email: ana,
    email_verified: true,
    name: "Ana",
  });
});

Deno.test("userinfo without a live token is 401", async () => {
  await using lab = await openTeam();
  const response = await fetch(`${lab.url}/v1/userinfo`);
  await response.body?.cancel();
  assert.equal(response.status, 401);
});

Deno.test("a refresh token comes only offline and only with consent", async () => {
  await using lab = await openTeam();
  const refreshToken = async (changes: Record<string, string | null>) =>
    (await exchange(lab, (await approve(lab, changes)).get("code"))).text("refresh_token");
  assert.ok(await refreshToken({ prompt: null }), "the first consent");
  assert.equal(await refreshToken({ prompt: null }), undefined, "everything granted before");
  assert.ok(await refreshToken({ prompt: "consent" }), "asked again");
  assert.equal(await refreshToken({ access_type: null }), undefined, "online");
});

Deno.test("include_granted_scopes unites this grant with earlier ones", async () => {
  await using lab = await openTeam();
  await approve(lab, { scope: `${prefix}calendar.freebusy` });
  const apart = await approve(lab, { scope: `${prefix}calendar.events` });
  assert.equal(apart.get("scope"), `${prefix}calendar.events`);
  const united = await approve(lab, {
    scope: `${prefix}calendar.events`,
    include_granted_scopes: "true",
  });
  assert.deepEqual(
    new Set(united.get("scope")?.split(" ")),
    new Set([
      `${prefix}calendar.freebusy`,
      `${prefix}calendar.events`,
    ]),
  );
});

Deno.test("refreshing keeps the refresh token and gives a new access token", async () => {
  await using lab = await openTeam();
  const first = await exchange(lab, (await approve(lab)).get("code"));
  const refreshed = await token(lab, {
    grant_type: "refresh_token",
    refresh_token: first.text("refresh_token") ?? "",
  });
  assert.equal(refreshed.status, 200);
  assert.equal(refreshed.text("refresh_token"), undefined);
  assert.notEqual(refreshed.text("access_token"), first.text("access_token"));
  assert.equal(refreshed.text("scope"), first.text("scope"));
});

Deno.test("the client may authenticate with HTTP Basic", async () => {
  await using lab = await openTeam();
  const answer = await approve(lab);
  const form = {
    grant_type: "authorization_code",
    code: answer.get("code") ?? "",
    redirect_uri: callback,
  };
  const { client_id, client_secret } = default_client;
  assert.equal((await token(lab, form, `${client_id}:${client_secret}`)).status, 200);
});

Deno.test("PKCE: the verifier must fit, with S256 and with plain", async () => {
  await using lab = await openTeam();
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const hashed = btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const challenges = [
    { code_challenge: hashed, code_challenge_method: "S256" },
    { code_challenge: verifier, code_challenge_method: "plain" },
    { code_challenge: verifier, code_challenge_method: null },
  ];
  for (const challenge of challenges) {
    const code = (await approve(lab, challenge)).get("code");
    const missing = await exchange(lab, code);
    assert.deepEqual([missing.status, missing.text("error"), missing.text("error_description")], [
      400,
      "invalid_grant",
      "Missing code verifier.",
    ]);
    const wrong = await exchange(lab, code, { code_verifier: verifier + "x" });
    assert.deepEqual([wrong.status, wrong.text("error")], [400, "invalid_grant"]);
    assert.equal((await exchange(lab, code, { code_verifier: verifier })).status, 200);
  }
});

Deno.test("the token endpoint refuses with Google's flat errors", async () => {
  await using lab = await openTeam();
  const code = (await approve(lab)).get("code") ?? "";
  const used = (await approve(lab)).get("code") ?? "";
  await exchange(lab, used);
  const late = (await approve(lab)).get("code") ?? "";
  const cases: [string, Promise<{ status: number; body: unknown }>, number, string, string?][] = [
    ["made-up code", exchange(lab, "4/0Anonsense"), 400, "invalid_grant", "Malformed auth code."],
    ["used code", exchange(lab, used), 400, "invalid_grant", "Code was already redeemed."],
    [
      "other callback",
      exchange(lab, code, { redirect_uri: `${callback}/` }),
      400,
      "redirect_uri_mismatch",
    ],
    [
      "unknown client",
      exchange(lab, code, { client_id: "unknown" }),
      401,
      "invalid_client",
      "The OAuth client was not found.",
    ],
    [
      "wrong secret",
      exchange(lab, code, { client_secret: "wrong" }),
      401,
      "invalid_client",
      "The provided client secret is invalid.",
    ],
    ["no grant type", token(lab, {}), 400, "invalid_request"],
    ["other grant type", token(lab, { grant_type: "password" }), 400, "unsupported_grant_type"],
    [
      "unknown refresh token",
      token(lab, { grant_type: "refresh_token", refresh_token: "1//x" }),
      400,
      "invalid_grant",
      "Bad Request",
    ],
  ];
  for (const [what, answer, status, error, description] of cases) {
    const { status: actual, body } = await answer;
    assert.deepEqual([actual, member(body, "error")], [status, error], what);
    if (description !== undefined) assert.equal(member(body, "error_description"), description);
  }
  await lab.control.advanceClock({ seconds: 601 });
  assert.equal((await exchange(lab, late)).text("error"), "invalid_grant", "an expired code");
});

Deno.test("a refresh token of another client is unauthorized_client", async () => {
  await using lab = await openTeam();
  await lab.control.setClient({ client_id: "second", client_secret: "s", redirect_uris: [] });
  const { refresh_token } = await lab.control.signIn({ email: ana });
  const answer = await token(lab, {
    grant_type: "refresh_token",
    refresh_token,
    client_id: "second",
    client_secret: "s",
  });
  assert.deepEqual([answer.status, answer.text("error")], [401, "unauthorized_client"]);
});

Deno.test("authorization errors are shown on the page and never reach the callback", async () => {
  await using lab = await openTeam();
  await lab.control.setClient({
    client_id: "strict-client",
    client_secret: "s",
    redirect_uris: ["https://app.example/callback"],
  });
  const pages: [Record<string, string | null>, number, string][] = [
    [{ client_id: "unknown" }, 401, "invalid_client"],
    [{ client_id: null }, 400, "invalid_request"],
    [{ redirect_uri: "https://elsewhere.example/" }, 400, "redirect_uri_mismatch"],
    [
      { client_id: "strict-client", redirect_uri: "https://app.example/callback/" },
      400,
      "redirect_uri_mismatch",
    ],
    [{ response_type: "token" }, 400, "invalid_request"],
    [{ scope: null }, 400, "invalid_request"],
    [{ scope: `${prefix}calendar.everything` }, 400, "invalid_scope"],
    [{ access_type: "always" }, 400, "invalid_request"],
    [{ prompt: "please" }, 400, "invalid_request"],
    [{ code_challenge: "short" }, 400, "invalid_request"],
    [{ code_challenge: verifier, code_challenge_method: "S512" }, 400, "invalid_request"],
  ];
  for (const [changes, status, code] of pages) {
    const response = await fetch(authorizationUrl(lab, changes), { redirect: "manual" });
    const html = await response.text();
    assert.equal(response.status, status, code);
    assert.ok(html.includes(`Error ${status}: ${code}`), code);
    await assert.rejects(approve(lab, changes), /consent page was not shown/);
  }
});

Deno.test("the consent page escapes what comes from the URL", async () => {
  await using lab = await openTeam();
  const response = await fetch(authorizationUrl(lab, { state: `"><script>x</script>` }));
  const html = await response.text();
  assert.equal(response.status, 200);
  assert.ok(html.includes('<form method="post"'));
  assert.ok(!html.includes("<script>"));
});

Deno.test("prompt=none answers without a page", async () => {
  await using lab = await openTeam();
  const silent = async (login_hint: string) => {
    const response = await fetch(authorizationUrl(lab, { prompt: "none", login_hint }), {
      redirect: "manual",
    });
    await response.body?.cancel();
    return new URL(response.headers.get("location") ?? "").searchParams;
  };
  assert.equal((await silent(bo)).get("error"), "consent_required");
  await approve(lab);
  assert.ok((await silent(ana)).get("code"));
});

Deno.test("an access token expires after 3599 seconds, and immediately on request", async () => {
  await using lab = await openTeam();
  const { access_token } = await lab.control.signIn({ email: ana });
  const status = async (text = access_token) =>
    (await lab.raw({
      path: "calendars/primary/events",
      headers: { authorization: `Bearer ${text}` },
    })).error;
  await lab.control.advanceClock({ seconds: 3598 });
  assert.equal((await status()).status, 200);
  await lab.control.advanceClock({ seconds: 1 });
  assert.equal((await status()).reason, "authError");
  const second = await lab.control.signIn({ email: ana });
  await lab.control.expireAccessTokens(bo);
  assert.equal((await status(second.access_token)).status, 200);
  await lab.control.expireAccessTokens(ana);
  assert.equal((await status(second.access_token)).status, 401);
});

Deno.test("a revoked grant kills the access token and the refresh token", async () => {
  await using lab = await openTeam();
  const { access_token, refresh_token } = await lab.control.signIn({ email: ana });
  await lab.control.revokeGrant(ana);
  const { error } = await lab.raw({
    path: "calendars/primary/events",
    headers: { authorization: `Bearer ${access_token}` },
  });
  assert.equal(error.status, 401);
  const refreshed = await token(lab, { grant_type: "refresh_token", refresh_token });
  assert.deepEqual(refreshed.body, {
    error: "invalid_grant",
    error_description: "Token has been expired or revoked.",
  });
});

Deno.test("revoking by either token ends the whole grant; a dead token is invalid_token", async () => {
  await using lab = await openTeam();
  const revoke = async (text: string) => {
    const response = await fetch(`${lab.url}/revoke`, {
      method: "POST",
      body: new URLSearchParams({ token: text }),
    });
    return [response.status, member(await response.json(), "error")];
  };
  for (const which of ["access_token", "refresh_token"] as const) {
    const tokens = await lab.control.signIn({ email: ana });
    assert.deepEqual(await revoke(tokens[which]), [200, undefined]);
    assert.deepEqual(await revoke(tokens.refresh_token), [400, "invalid_token"]);
    const form = { grant_type: "refresh_token", refresh_token: tokens.refresh_token };
    assert.equal((await token(lab, form)).text("error"), "invalid_grant");
  }
});

Deno.test("a refresh can be refused in any of Google's ways", async () => {
  await using lab = await openTeam();
  const { refresh_token } = await lab.control.signIn({ email: ana });
  await lab.control.refuseRefresh({
    email: ana,
    error_description: "reauth related error (invalid_rapt)",
    error_subtype: "invalid_rapt",
  });
  const answer = await token(lab, { grant_type: "refresh_token", refresh_token });
  assert.deepEqual([answer.status, answer.body], [400, {
    error: "invalid_grant",
    error_description: "reauth related error (invalid_rapt)",
    error_subtype: "invalid_rapt",
  }]);
});

Deno.test("the hundred-and-first refresh token silently ends the oldest", async () => {
  await using lab = await openTeam();
  const tokens: string[] = [];
  for (let count = 0; count < 101; count++) {
    tokens.push((await lab.control.signIn({ email: ana })).refresh_token);
  }
  const refresh = async (refresh_token = "") =>
    (await token(lab, { grant_type: "refresh_token", refresh_token })).status;
  assert.equal(await refresh(tokens[0]), 400);
  assert.equal(await refresh(tokens[1]), 200);
});

Deno.test("a client that Google turns away sees why on the page, and from the token endpoint", async () => {
  await using lab = await openTeam();
  const { refresh_token } = await lab.control.signIn({ email: ana });
  const refusals = [
    ["deleted_client", 401, 401],
    ["admin_policy_enforced", 400, 400],
    ["org_internal", 403, 200],
    ["disallowed_useragent", 403, 200],
  ] as const;
  for (const [refused_as, page_status, token_status] of refusals) {
    await lab.control.setClient({ ...default_client, refused_as });
    const page = await fetch(authorizationUrl(lab), { redirect: "manual" });
    assert.ok((await page.text()).includes(`Error ${page_status}: ${refused_as}`));
    assert.equal(page.status, page_status);
    const answer = await token(lab, { grant_type: "refresh_token", refresh_token });
    assert.equal(answer.status, token_status, refused_as);
    if (token_status !== 200) assert.equal(answer.text("error"), refused_as);
  }
});
