import assert from "node:assert/strict";
import { googleConfiguration } from "@shared/google/configuration.ts";

const CLIENT = { GOOGLE_CLIENT_ID: "id", GOOGLE_CLIENT_SECRET: "secret" };

Deno.test("googleConfiguration() has Google's addresses by default", () => {
  const { oauth, calendar } = googleConfiguration(CLIENT);
  assert.equal(oauth.client_id, "id");
  assert.equal(oauth.token_url, "https://oauth2.googleapis.com/token");
  assert.equal(oauth.revocation_url, "https://oauth2.googleapis.com/revoke");
  assert.equal(calendar.base_url, "https://www.googleapis.com/calendar/v3");
});

Deno.test("googleConfiguration() takes every address from the environment", () => {
  const names = ["AUTHORIZATION", "TOKEN", "REVOCATION", "USERINFO", "CALENDAR"];
  const addresses = Object.fromEntries(
    names.map((name) => [`GOOGLE_${name}_URL`, `http://127.0.0.1:1/${name}`]),
  );
  const { oauth, calendar } = googleConfiguration({ ...CLIENT, ...addresses });
  assert.deepEqual(
    [
      oauth.authorization_url,
      oauth.token_url,
      oauth.revocation_url,
      oauth.userinfo_url,
      calendar.base_url,
    ],
    names.map((name) => `http://127.0.0.1:1/${name}`),
  );
});

Deno.test("googleConfiguration() names the variable that is missing or wrong, never its secret", () => {
  for (const name of ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"]) {
    for (const value of [undefined, "", "  "]) {
      assert.throws(() => googleConfiguration({ ...CLIENT, [name]: value }), new RegExp(name));
    }
  }
  assert.throws(
    () => googleConfiguration({ ...CLIENT, GOOGLE_TOKEN_URL: "not a url" }),
    /GOOGLE_TOKEN_URL/,
  );
});
