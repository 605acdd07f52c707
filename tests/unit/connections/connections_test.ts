import assert from "node:assert/strict";
import { googleConnections } from "@shared/connections/connections.ts";
import type { StoredConnection } from "@shared/connections/connections.ts";
import { tokenCipher } from "@shared/connections/token_cipher.ts";
import type { AccessToken } from "@shared/google/oauth.ts";
import type { GoogleFailure, GoogleOutcome, RemoteFault } from "@shared/google/outcome.ts";
import { SCOPES } from "@shared/google/scopes.ts";
import { storedRow } from "./stored_rows.ts";

const USER = "00000000-0000-4000-8000-000000000001";
const NOW = Date.parse("2026-11-20T12:00:00Z");
const OLD_KEY = `k1:${btoa("1".repeat(32))}`;
const NEW_KEY = `k2:${btoa("2".repeat(32))}`;

interface Options {
  expires_in_seconds?: number | null;
  keys?: string;
  stored_with?: string;
  refresh?: (refresh_token: string) => Promise<GoogleOutcome<AccessToken>>;
  changes?: Partial<StoredConnection>;
}

/** One user whose stored access token is "stored", and a Google that hands out fresh1, fresh2... */
async function aConnection(options: Options = {}) {
  const { expires_in_seconds = 3000, keys = OLD_KEY, stored_with = keys } = options;
  const cipher = tokenCipher(keys);
  const writer = tokenCipher(stored_with);
  const { database, row } = storedRow({
    user_id: USER,
    google_account_id: "1042",
    email: "a@x.example",
    status: "healthy",
    status_reason: null,
    granted_scopes: [...SCOPES],
    refresh_token_encrypted: await writer.encrypt("1//refresh", USER),
    access_token_encrypted: expires_in_seconds === null
      ? null
      : await writer.encrypt("stored", USER),
    access_token_expires_at: expires_in_seconds === null
      ? null
      : new Date(NOW + expires_in_seconds * 1000).toISOString(),
    paused_until: null,
    ...options.changes,
  });
  const refreshed: string[] = [];
  const oauth = {
    refresh: (refresh_token: string): Promise<GoogleOutcome<AccessToken>> => {
      refreshed.push(refresh_token);
      const value = { access_token: `fresh${refreshed.length}`, expires_in_seconds: 3599 };
      return options.refresh?.(refresh_token) ??
        Promise.resolve({ kind: "done", status: 200, value });
    },
  };
  const connections = googleConnections({ database, oauth, cipher, now: () => new Date(NOW) });
  return { connections, connection: { ...row }, row, refreshed, cipher };
}

/** A request to Google that accepts some tokens and keeps the ones it saw. */
function asking(...accepted: string[]) {
  const seen: string[] = [];
  const request = (token: string): Promise<GoogleOutcome<string>> => {
    seen.push(token);
    return Promise.resolve(
      accepted.includes(token)
        ? { kind: "done", status: 200, value: `answer to ${token}` }
        : { kind: "reconnect", fault: fault(401, "authError") },
    );
  };
  return { request, seen };
}

function fault(status: number, reason: string): RemoteFault {
  return { status, reason, message: reason, body: "" };
}

function answering(failure: GoogleFailure) {
  return (): Promise<GoogleOutcome<string>> => Promise.resolve(failure);
}

Deno.test("call() uses the stored access token while it is good", async () => {
  const { connections, connection, refreshed } = await aConnection();
  const { request, seen } = asking("stored");
  const outcome = await connections.call(connection, request);
  assert.deepEqual(outcome, { kind: "done", status: 200, value: "answer to stored" });
  assert.deepEqual(seen, ["stored"]);
  assert.deepEqual(refreshed, []);
});

Deno.test("call() refreshes a token that is missing or runs out within a minute, and keeps it", async () => {
  for (const expires_in_seconds of [null, -100, 0, 60]) {
    const { connections, connection, row, refreshed, cipher } = await aConnection({
      expires_in_seconds,
    });
    const { request, seen } = asking("fresh1");
    assert.equal((await connections.call(connection, request)).kind, "done");
    assert.equal((await connections.call(connection, request)).kind, "done");
    assert.deepEqual(seen, ["fresh1", "fresh1"]);
    assert.deepEqual(refreshed, ["1//refresh"]);
    assert.equal(await cipher.decrypt(row.access_token_encrypted ?? "", USER), "fresh1");
    assert.equal(row.access_token_expires_at, new Date(NOW + 3599_000).toISOString());
    assert.equal(row.refresh_token_encrypted, connection.refresh_token_encrypted);
  }
});

Deno.test("call() refreshes once after a 401 and runs the request again", async () => {
  const { connections, connection, row, refreshed } = await aConnection();
  const { request, seen } = asking("fresh1");
  const outcome = await connections.call(connection, request);
  assert.deepEqual(outcome, { kind: "done", status: 200, value: "answer to fresh1" });
  assert.deepEqual(seen, ["stored", "fresh1"]);
  assert.equal(refreshed.length, 1);
  assert.equal(row.status, "healthy");
});

Deno.test("call() gives up on a connection whose fresh token is refused as well", async () => {
  const { connections, connection, row, refreshed } = await aConnection();
  const { request, seen } = asking();
  const outcome = await connections.call(connection, request);
  assert.ok(outcome.kind === "reconnect");
  assert.equal(outcome.fault.reason, "invalid_credentials");
  assert.deepEqual(seen, ["stored", "fresh1"]);
  assert.equal(refreshed.length, 1);
  assert.equal(row.status_reason, "invalid_credentials");
});

Deno.test("call() shares one refresh among simultaneous requests", async () => {
  for (const expires_in_seconds of [0, 3000]) {
    const { connections, connection, refreshed } = await aConnection({ expires_in_seconds });
    const { request } = asking("fresh1");
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => connections.call(connection, request)),
    );
    assert.ok(outcomes.every(({ kind }) => kind === "done"));
    assert.equal(refreshed.length, 1);
  }
});

Deno.test("call() marks a dead grant and does not run the request", async () => {
  const { connections, connection, row } = await aConnection({
    expires_in_seconds: null,
    refresh: () => Promise.resolve({ kind: "reconnect", fault: fault(400, "invalid_grant") }),
  });
  const { request, seen } = asking("fresh1");
  const outcome = await connections.call(connection, request);
  assert.ok(outcome.kind === "reconnect");
  assert.equal(outcome.fault.reason, "invalid_grant");
  assert.match(outcome.fault.message, /Connect Google again/);
  assert.deepEqual(seen, []);
  assert.equal(row.status, "needs_reauth");
  assert.equal(row.status_reason, "invalid_grant");
});

Deno.test("call() marks a connection that lacks a permission", async () => {
  const { connections, connection, row, refreshed } = await aConnection();
  const missing: GoogleFailure = {
    kind: "reconnect",
    fault: fault(403, "insufficientPermissions"),
  };
  const outcome = await connections.call(connection, answering(missing));
  assert.ok(outcome.kind === "reconnect");
  assert.equal(outcome.fault.reason, "insufficient_permissions");
  assert.equal(row.status_reason, "insufficient_permissions");
  assert.deepEqual(refreshed, []);
});

Deno.test("call() leaves a newer grant alone and says try again", async () => {
  const { connections, connection, row } = await aConnection({
    expires_in_seconds: null,
    refresh: () => Promise.resolve({ kind: "reconnect", fault: fault(400, "invalid_grant") }),
  });
  row.refresh_token_encrypted = "of a newer grant";
  const outcome = await connections.call(connection, asking().request);
  assert.ok(outcome.kind === "retry");
  assert.equal(outcome.fault.reason, "connection_changed");
  assert.equal(outcome.held_back, true);
  assert.equal(row.status, "healthy");
});

Deno.test("call() keeps a late access token away from a newer grant", async () => {
  const { connections, connection, row } = await aConnection({ expires_in_seconds: null });
  row.refresh_token_encrypted = "of a newer grant";
  const outcome = await connections.call(connection, asking("fresh1").request);
  assert.equal(outcome.kind, "done");
  assert.equal(row.access_token_encrypted, null);
});

Deno.test("call() asks Google nothing for a connection that is known to be dead", async () => {
  const { connections, connection, refreshed } = await aConnection({
    changes: {
      status: "needs_reauth",
      status_reason: "insufficient_permissions",
      granted_scopes: ["openid", "email"],
    },
  });
  const { request, seen } = asking("stored");
  const outcome = await connections.call(connection, request);
  assert.ok(outcome.kind === "reconnect");
  assert.equal(outcome.fault.reason, "insufficient_permissions");
  assert.match(outcome.fault.message, /calendar\.events.*calendar\.freebusy/);
  assert.deepEqual([...seen, ...refreshed], []);
});

Deno.test("call() pauses a user whom Google slows down, and only until then", async () => {
  const { connections, connection, row } = await aConnection();
  const limited: GoogleFailure = {
    kind: "retry",
    scope: "user",
    not_before_seconds: 90,
    fault: fault(403, "userRateLimitExceeded"),
  };
  assert.deepEqual(await connections.call(connection, answering(limited)), limited);
  assert.equal(row.paused_until, "2026-11-20T12:01:30.000Z");

  const { request, seen } = asking("stored");
  const paused = await connections.call({ ...row }, request);
  assert.ok(paused.kind === "retry");
  assert.equal(paused.fault.reason, "connection_paused");
  assert.equal(paused.not_before_seconds, 90);
  assert.equal(paused.held_back, true);
  assert.deepEqual(seen, []);
  const over = { ...row, paused_until: new Date(NOW).toISOString() };
  assert.equal((await connections.call(over, request)).kind, "done");
});

Deno.test("call() pauses everybody when the limit is the whole project's", async () => {
  const { connections, connection, row } = await aConnection();
  const limited: GoogleFailure = {
    kind: "retry",
    scope: "project",
    not_before_seconds: 3600,
    fault: fault(403, "dailyLimitExceeded"),
  };
  assert.deepEqual(await connections.call(connection, answering(limited)), limited);
  assert.equal(row.paused_until, "2026-11-20T13:00:00.000Z");
});

Deno.test("call() passes on failures that say nothing about the connection", async () => {
  const failures: GoogleFailure[] = [
    { kind: "retry", scope: "request", fault: fault(503, "backendError") },
    { kind: "unknown", fault: fault(502, "http_502") },
    { kind: "reject", fault: fault(404, "notFound") },
  ];
  for (const failure of failures) {
    const { connections, connection, row } = await aConnection();
    assert.deepEqual(await connections.call(connection, answering(failure)), failure);
    assert.deepEqual(row, connection);
  }
});

Deno.test("call() passes on that Google could not refresh now, without the request", async () => {
  const busy: GoogleFailure = {
    kind: "retry",
    scope: "request",
    fault: fault(503, "backendError"),
  };
  const { connections, connection, row } = await aConnection({
    expires_in_seconds: 0,
    refresh: () => Promise.resolve(busy),
  });
  const { request, seen } = asking("stored");
  assert.deepEqual(await connections.call(connection, request), { ...busy, held_back: true });
  assert.deepEqual(seen, []);
  assert.deepEqual(row, connection);
});

Deno.test("call() encrypts the refresh token anew once a newer key is in front", async () => {
  const { connections, connection, row, refreshed } = await aConnection({
    expires_in_seconds: 0,
    keys: `${NEW_KEY},${OLD_KEY}`,
    stored_with: OLD_KEY,
  });
  assert.equal((await connections.call(connection, asking("fresh1").request)).kind, "done");
  assert.deepEqual(refreshed, ["1//refresh"]);
  const without_old_key = tokenCipher(NEW_KEY);
  assert.equal(await without_old_key.decrypt(row.refresh_token_encrypted, USER), "1//refresh");
  assert.equal(await without_old_key.decrypt(row.access_token_encrypted ?? "", USER), "fresh1");
});
