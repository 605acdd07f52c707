import assert from "node:assert/strict";
import { missingScopes, parseScopes, SCOPES } from "@shared/google/scopes.ts";

const PREFIX = "https://www.googleapis.com/auth/";

Deno.test("missingScopes() accepts what Google reports for a full grant, in any order", () => {
  assert.deepEqual(missingScopes([...SCOPES].reverse()), []);
  const reported = `${PREFIX}calendar.events.freebusy openid ${PREFIX}userinfo.email ` +
    `${PREFIX}calendar.events`;
  assert.deepEqual(missingScopes(parseScopes(reported)), []);
});

Deno.test("missingScopes() takes calendar.freebusy of earlier connections, which is not asked for any more", () => {
  assert.ok(!SCOPES.includes(`${PREFIX}calendar.freebusy`));
  const earlier = ["openid", "email", `${PREFIX}calendar.events`, `${PREFIX}calendar.freebusy`];
  assert.deepEqual(missingScopes(earlier), []);
});

Deno.test("missingScopes() accepts wider scopes and names what was unticked", () => {
  assert.deepEqual(missingScopes(["openid", "email", `${PREFIX}calendar`]), []);
  assert.deepEqual(missingScopes(["openid", "email", `${PREFIX}calendar.events.freebusy`]), [
    `${PREFIX}calendar.events`,
  ]);
  assert.deepEqual(missingScopes(["openid", "email", `${PREFIX}calendar.events`]), [
    `${PREFIX}calendar.events.freebusy`,
  ]);
  assert.deepEqual(missingScopes([]), SCOPES);
});

Deno.test("missingScopes() does not take a narrower scope for the one that is needed", () => {
  const narrow = ["openid", "email", `${PREFIX}calendar.readonly`];
  assert.deepEqual(missingScopes(narrow), [`${PREFIX}calendar.events`]);
});

Deno.test("parseScopes() is a set: sorted, once each, nothing for nothing", () => {
  assert.deepEqual(parseScopes("b a  b"), ["a", "b"]);
  assert.deepEqual(parseScopes(""), []);
});
