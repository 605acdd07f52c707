import { emptyPglite, migratedPglite } from "../support/prepared_databases.ts";
import assert from "node:assert/strict";
import { startPlatform } from "../../local/platform.ts";

const USER = "00000000-0000-4000-8000-000000000001";

/** Every helper about Google connections, with arguments that would work for the service role. */
const HELPERS: Record<string, Record<string, unknown>> = {
  begin_google_authorization: {
    p_user_id: USER,
    p_state_hash: "s",
    p_code_verifier_encrypted: "v",
    p_return_url: "https://app.example/",
  },
  find_google_authorization: { p_state_hash: "s" },
  receive_google_code: {
    p_state_hash: "s",
    p_one_time_code_hash: "o",
    p_google_code_encrypted: "c",
  },
  use_google_authorization: { p_one_time_code_hash: "o", p_user_id: USER },
  connect_google: {
    p_user_id: USER,
    p_google_account_id: "1",
    p_email: "a@team.example",
    p_email_verified: true,
    p_hosted_domain: null,
    p_status: "healthy",
    p_status_reason: null,
    p_granted_scopes: [],
    p_refresh_token_encrypted: "r",
    p_access_token_encrypted: null,
    p_access_token_expires_at: null,
  },
  adopt_google_event: { p_kind: "meeting", p_subject_id: "m", p_event: {} },
  read_google_connection: { p_user_id: USER },
  save_google_access_token: {
    p_user_id: USER,
    p_refresh_token_encrypted: "r",
    p_access_token_encrypted: "a",
    p_access_token_expires_at: "2027-01-01T00:00:00Z",
  },
  mark_google_needs_reauth: {
    p_user_id: USER,
    p_refresh_token_encrypted: "r",
    p_reason: "invalid_grant",
  },
  pause_google_connection: { p_user_id: USER, p_until: "2027-01-01T00:00:00Z" },
  pause_all_google_connections: { p_until: "2027-01-01T00:00:00Z" },
  forget_google_connection: { p_user_id: USER },
};

for (const default_privileges of ["none", "legacy-grant-all"] as const) {
  Deno.test(`Google connections are the service role's alone (defaults: ${default_privileges})`, async () => {
    await using platform = await startPlatform({
      database: default_privileges === "none" ? await migratedPglite() : await emptyPglite(),
      default_privileges,
      functions: "none",
      background: { net: false, cron: false },
      environment: { GOOGLE_CLIENT_ID: "unused", GOOGLE_CLIENT_SECRET: "unused" },
    });
    const known = await platform.sql<{ name: string }>(
      "select proname as name from pg_proc where pronamespace = 'public'::regnamespace " +
        "and proname ~ 'google'",
    );
    assert.deepEqual(known.map(({ name }) => name).sort(), Object.keys(HELPERS).sort());

    const { access_token } = await platform.createUser("person@team.example");
    const strangers = {
      anon: { apikey: platform.publishable_key },
      authenticated: {
        apikey: platform.publishable_key,
        authorization: `Bearer ${access_token}`,
      },
    };
    const rest = (path: string, init: RequestInit) =>
      fetch(`${platform.api_url}/rest/v1${path}`, init);
    for (const [role, headers] of Object.entries(strangers)) {
      for (const [helper, parameters] of Object.entries(HELPERS)) {
        const response = await rest(`/rpc/${helper}`, {
          method: "POST",
          headers: { ...headers, "content-type": "application/json" },
          body: JSON.stringify(parameters),
        });
        const body = await response.json() as { code?: string };
        assert.equal(body.code, "42501", `${role} ${helper} ${response.status}`);
      }
      for (const table of ["google_connections", "google_authorizations"]) {
        for (const profile of [{}, { "accept-profile": "private" }]) {
          const response = await rest(`/${table}`, { headers: { ...headers, ...profile } });
          await response.body?.cancel();
          assert.ok(response.status >= 400, `${role} reads ${table}`);
        }
        const [allowed] = await platform.sql<{ any: boolean }>(
          `select has_table_privilege($1, 'private.${table}', ` +
            `'select, insert, update, delete, truncate, references, trigger') as any`,
          [role],
        );
        assert.equal(allowed?.any, false);
      }
    }
    const [rows] = await platform.sql<{ rows: number }>(
      "select (select count(*) from private.google_connections) + " +
        "(select count(*) from private.google_authorizations) as rows",
    );
    assert.equal(Number(rows?.rows), 0);
  });
}
