import assert from "node:assert/strict";
import { SCOPES } from "@shared/google/scopes.ts";
import { isChosen } from "../support/chosen_database.ts";
import { promisesOf } from "../support/promises.ts";
import {
  aPerson,
  ask,
  connectPerson,
  consent,
  follow,
  type GoogleAuth,
  startOn,
} from "./google_auth_fixture.ts";

const EVENTS = "https://www.googleapis.com/auth/calendar.events";

/** One stack a database for all of them: each works with people of its own. */
const PROMISES: Record<string, (subject: GoogleAuth) => Promise<void>> = {
  async "connects a calendar the whole way, and says so"({ platform, control }) {
    const person = await aPerson(platform, control);
    const before = await person.ask("GET", "");
    assert.equal(before.status, 200);
    assert.equal(before.body.status, "disconnected");

    const completed = await connectPerson(person, control);
    assert.equal(completed.status, 200);
    const after = await person.ask("GET", "/");
    assert.deepEqual(after, completed);
    assert.equal(after.body.connected, true);
    assert.equal(after.body.status, "healthy");
    assert.equal(after.body.email, person.email);
    assert.deepEqual(after.body.missing_scopes, []);
    assert.equal(after.body.reason, null);
    assert.equal((after.body.granted_scopes as string[]).length, SCOPES.length);
  },

  async "keeps tokens only encrypted, and no secret that travelled"({ platform, control }) {
    const person = await aPerson(platform, control);
    const redirect_url = await consent(person, control);
    const google = new URL(redirect_url).searchParams;
    const app = await follow(redirect_url);
    const [pending] = await platform.sql<{ row: string }>(
      "select a::text as row from private.google_authorizations a where user_id = $1",
      [person.user_id],
    );
    assert.deepEqual([...app.searchParams.keys()], ["convene_code"], "no name of supabase-js");
    const code = app.searchParams.get("convene_code") ?? "";
    for (const secret of [google.get("state"), google.get("code"), code]) {
      assert.ok(secret !== null && secret.length > 20);
      assert.ok(!pending?.row.includes(secret));
    }
    await person.ask("POST", "/complete", { code });
    const [stored] = await platform.sql<{ row: string; refresh: string }>(
      "select c::text as row, refresh_token_encrypted as refresh " +
        "from private.google_connections c where user_id = $1",
      [person.user_id],
    );
    assert.match(stored?.refresh ?? "", /^v1\.k1\./);
    assert.ok(!/ya29\.|1\/\//.test(stored?.row ?? ""));
    const left = await platform.sql(
      "select from private.google_authorizations where user_id = $1",
      [person.user_id],
    );
    assert.equal(left.length, 0);
  },

  async "takes a state once and a code once"({ platform, control }) {
    const person = await aPerson(platform, control);
    const redirect_url = await consent(person, control);
    const code = (await follow(redirect_url)).searchParams.get("convene_code");
    const again = await follow(redirect_url);
    assert.equal(again.searchParams.get("convene_error"), "invalid_state");
    assert.equal(again.searchParams.get("convene_code"), null);
    assert.equal((await person.ask("POST", "/complete", { code })).status, 200);
    const twice = await person.ask("POST", "/complete", { code });
    assert.equal(twice.status, 422);
    assert.equal(twice.body.error, "invalid_request");
    assert.equal((await person.ask("GET", "")).body.status, "healthy");
  },

  async "lets no user finish what another user began, and uses the code up"({ platform, control }) {
    const [owner, other] = [await aPerson(platform, control), await aPerson(platform, control)];
    const code = (await follow(await consent(owner, control))).searchParams.get("convene_code");
    const stolen = await other.ask("POST", "/complete", { code });
    assert.equal(stolen.status, 422);
    assert.equal((await owner.ask("POST", "/complete", { code })).status, 422);
    for (const person of [owner, other]) {
      assert.equal((await person.ask("GET", "")).body.status, "disconnected");
    }
  },

  async "sends the browser back with an error when the person declines"({ platform, control }) {
    const person = await aPerson(platform, control);
    const app = await follow(await consent(person, control, { deny: true }));
    assert.equal(app.searchParams.get("convene_error"), "access_denied");
    assert.deepEqual([...app.searchParams.keys()], ["convene_error"]);
    assert.equal((await person.ask("GET", "")).body.status, "disconnected");
  },

  async "notices an unticked permission and names it"({ platform, control }) {
    const person = await aPerson(platform, control);
    const scopes = SCOPES.filter((scope) => scope !== EVENTS);
    const completed = await connectPerson(person, control, { scopes });
    assert.equal(completed.status, 200);
    assert.equal(completed.body.connected, false);
    assert.equal(completed.body.status, "needs_reauth");
    assert.equal(completed.body.reason, "insufficient_permissions");
    assert.deepEqual(completed.body.missing_scopes, [EVENTS]);
    assert.ok(String(completed.body.what_to_do).includes(EVENTS));

    const repaired = await connectPerson(person, control);
    assert.equal(repaired.body.status, "healthy");
    assert.equal(repaired.body.reason, null);
  },

  async "returns only to listed addresses"({ platform, control }) {
    const person = await aPerson(platform, control);
    const listed = `${platform.api_url}/app`;
    const refused = await person.ask("POST", "/initiate", { return_url: "https://evil.example/" });
    assert.equal(refused.status, 422);
    assert.deepEqual(refused.body.details, { path: "return_url" });

    const with_query = await follow(
      await consent(person, control, {
        return_url: `${listed}?tab=1&code=theirs&convene_code=mine`,
      }),
    );
    assert.equal(with_query.origin + with_query.pathname, listed);
    assert.equal(with_query.searchParams.get("tab"), "1");
    assert.notEqual(with_query.searchParams.get("convene_code"), "mine");
    assert.equal(with_query.searchParams.get("code"), "theirs");

    const redirect_url = await consent(person, control);
    await platform.sql(
      "update private.google_authorizations set return_url = 'https://evil.example/' " +
        "where user_id = $1",
      [person.user_id],
    );
    const app = await follow(redirect_url);
    assert.equal(app.origin + app.pathname, listed);

    const unknown = `${platform.functions_url}/google-auth/callback`;
    for (const query of ["", "?state=", "?state=unknown&code=1&return_url=https://evil.example"]) {
      const sent = await follow(unknown + query);
      assert.equal(sent.href, `${listed}?convene_error=invalid_state`);
    }
  },

  async "forgets an authorization after ten minutes"({ platform, control }) {
    const person = await aPerson(platform, control);
    const age = () =>
      platform.sql(
        "update private.google_authorizations set expires_at = now() where user_id = $1",
        [person.user_id],
      );
    const late = await consent(person, control);
    await age();
    assert.equal((await follow(late)).searchParams.get("convene_error"), "invalid_state");

    const code = (await follow(await consent(person, control))).searchParams.get("convene_code");
    await age();
    assert.equal((await person.ask("POST", "/complete", { code })).status, 422);
    assert.equal((await person.ask("GET", "")).body.status, "disconnected");
  },

  async "says to start again when Google fails during the exchange"({ platform, control }) {
    const person = await aPerson(platform, control);
    await control.fault({ method: "POST", path: "/token", status: 503, times: 1 });
    const failed = await connectPerson(person, control);
    assert.equal(failed.status, 502);
    assert.equal(failed.body.error, "google_unavailable");
    await control.fault({ method: "POST", path: "/token", drop: "after", times: 1 });
    const lost = await connectPerson(person, control);
    // Deno's fetch may repeat the request to the token endpoint; then the code counts as used.
    assert.ok(lost.status === 502 || lost.status === 409);
    assert.match(String(lost.body.message), /Start again/);
    await control.fault({ method: "GET", path: "/v1/userinfo", status: 500, times: 1 });
    assert.equal((await connectPerson(person, control)).status, 502);
    assert.equal((await person.ask("GET", "")).body.status, "disconnected");
    assert.equal((await connectPerson(person, control)).body.status, "healthy");
  },

  async "revokes and forgets, also what Google revoked before"({ platform, control }) {
    const person = await aPerson(platform, control);
    await connectPerson(person, control);
    const gone = await person.ask("DELETE", "");
    assert.equal(gone.status, 200);
    assert.equal(gone.body.revoked, true);
    assert.equal(gone.body.status, "disconnected");
    assert.equal((await person.ask("GET", "")).body.status, "disconnected");
    assert.equal((await person.ask("DELETE", "")).body.revoked, false);

    await connectPerson(person, control);
    await control.revokeGrant(person.email);
    assert.equal((await person.ask("DELETE", "/")).body.revoked, true);
  },

  async "forgets at once when Google cannot be reached, and says what is left"(
    { platform, control },
  ) {
    const person = await aPerson(platform, control);
    await connectPerson(person, control);
    await control.fault({ method: "POST", path: "/revoke", status: 503, times: 1 });
    const gone = await person.ask("DELETE", "");
    assert.equal(gone.status, 200);
    assert.equal(gone.body.revoked, false);
    assert.match(String(gone.body.what_to_do), /myaccount\.google\.com\/permissions/);
    assert.equal((await person.ask("GET", "")).body.status, "disconnected");
  },

  async "keeps a grant that another user's connection lives on"({ platform, control }) {
    const [first, second] = [await aPerson(platform, control), await aPerson(platform, control)];
    await connectPerson(first, control);
    await connectPerson(second, control, { account: first.email });
    assert.equal((await first.ask("DELETE", "")).body.revoked, false);
    assert.equal((await second.ask("GET", "")).body.status, "healthy");
    assert.equal((await second.ask("DELETE", "")).body.revoked, true);
  },

  async "serves only signed-in users, and refuses unknown paths and methods"(
    { platform, control },
  ) {
    const routes = [["GET", ""], ["DELETE", "/"], ["POST", "/initiate"], ["POST", "/complete"]];
    const credentials = [
      {},
      { apikey: platform.publishable_key },
      { apikey: platform.secret_key },
      { apikey: platform.automations_key },
      { authorization: "Bearer nonsense" },
    ];
    for (const [method = "", path = ""] of routes) {
      for (const headers of credentials) {
        const refused = await ask(platform, method, path, { headers });
        assert.equal(refused.status, 401);
        assert.equal(refused.body.error, "unauthenticated");
      }
    }
    const person = await aPerson(platform, control);
    const refusals: [method: string, path: string, body: unknown, status: number][] = [
      ["POST", "/complete", "{not json", 422],
      ["POST", "/complete", {}, 422],
      ["POST", "/complete", { code: 7 }, 422],
      ["POST", "/complete", { code: "x".repeat(201) }, 422],
      ["POST", "/complete", { code: "x", more: 1 }, 422],
      ["POST", "/initiate", { retrun_url: "x" }, 422],
      ["PATCH", "", undefined, 405],
      ["GET", "/initiate", undefined, 405],
      ["GET", "/constructor", undefined, 404],
    ];
    for (const [method, path, body, status] of refusals) {
      const refused = await person.ask(method, path, body);
      assert.equal(refused.status, status, `${method} ${path} ${JSON.stringify(body)}`);
      assert.equal(refused.body.status, status);
    }
  },
};

for (const kind of ["PGlite", "Postgres"] as const) {
  if (!isChosen(kind, { on_both: true })) continue;
  // PGlite uses the process's exit code for itself while it runs.
  const options = { sanitizeExit: kind === "Postgres" };
  promisesOf(`google-auth on ${kind}`, startOn(kind), PROMISES, options);
}
