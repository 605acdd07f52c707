import assert from "node:assert/strict";
import { connectionState } from "@shared/connections/connection_state.ts";
import type { StoredConnection } from "@shared/connections/connections.ts";
import { SCOPES } from "@shared/google/scopes.ts";

const NOW = new Date("2026-11-20T12:00:00Z");
const HEALTHY: StoredConnection = {
  user_id: "00000000-0000-4000-8000-000000000001",
  google_account_id: "1042",
  email: "a@x.example",
  status: "healthy",
  status_reason: null,
  granted_scopes: [...SCOPES],
  refresh_token_encrypted: "v1.k1.refresh-ciphertext",
  access_token_encrypted: "v1.k1.access-ciphertext",
  access_token_expires_at: "2026-11-20T13:00:00Z",
  paused_until: null,
  writes_paused_until: null,
};

Deno.test("connectionState() says that nothing is connected and how to begin", () => {
  const state = connectionState(null, NOW);
  assert.equal(state.connected, false);
  assert.equal(state.status, "disconnected");
  assert.match(state.what_to_do ?? "", /initiate/);
});

Deno.test("connectionState() of a healthy connection asks for nothing and shows no token", () => {
  const state = connectionState(HEALTHY, NOW);
  assert.deepEqual(state, {
    connected: true,
    status: "healthy",
    email: "a@x.example",
    granted_scopes: SCOPES,
    missing_scopes: [],
    reason: null,
    what_to_do: null,
    paused_until: null,
    writes_paused_until: null,
  });
});

Deno.test("connectionState() names why a connection is dead and what is missing", () => {
  const events = "https://www.googleapis.com/auth/calendar.events";
  const state = connectionState({
    ...HEALTHY,
    status: "needs_reauth",
    status_reason: "insufficient_permissions",
    granted_scopes: SCOPES.filter((scope) => scope !== events),
  }, NOW);
  assert.equal(state.connected, false);
  assert.equal(state.reason, "insufficient_permissions");
  assert.deepEqual(state.missing_scopes, [events]);
  assert.ok(state.what_to_do?.includes(events));
  for (const status_reason of ["invalid_grant", "invalid_credentials"] as const) {
    const dead = connectionState({ ...HEALTHY, status: "needs_reauth", status_reason }, NOW);
    assert.equal(dead.reason, status_reason);
    assert.match(dead.what_to_do ?? "", /Connect Google again/);
  }
});

Deno.test("connectionState() shows a pause only while it lasts", () => {
  const later = "2026-11-20T12:00:01.5+00:00";
  assert.equal(
    connectionState({ ...HEALTHY, paused_until: later }, NOW).paused_until,
    "2026-11-20T12:00:01Z",
  );
  const over = NOW.toISOString();
  assert.equal(connectionState({ ...HEALTHY, paused_until: over }, NOW).paused_until, null);
});
