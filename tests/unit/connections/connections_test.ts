import assert from "node:assert/strict";
import { googleConnections } from "@shared/connections/connections.ts";
import type { StoredConnection } from "@shared/connections/connections.ts";
import { tokenCipher } from "@shared/connections/token_cipher.ts";
import type { GoogleAccount, RefreshedToken } from "@shared/google/oauth.ts";
import type { GoogleOutcome } from "@shared/google/outcome.ts";
import {
  classify,
  lostResponse,
  reconnect,
  refused,
  unanswered,
} from "@shared/failures/google_reply.ts";
import type { GoogleFailure } from "@shared/failures/google_reply.ts";
import type { GoogleReply } from "@shared/failures/failure.ts";
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
  refresh?: (refresh_token: string) => Promise<GoogleOutcome<RefreshedToken>>;
  changes?: Partial<StoredConnection>;
  /** What Google says of the account with a refreshed token. */
  account?: GoogleAccount;
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
    refresh_token_encrypted: await writer.encrypt("1//refresh", USER, "refresh_token_encrypted"),
    access_token_encrypted: expires_in_seconds === null
      ? null
      : await writer.encrypt("stored", USER, "access_token_encrypted"),
    access_token_expires_at: expires_in_seconds === null
      ? null
      : new Date(NOW + expires_in_seconds * 1000).toISOString(),
    paused_until: null,
    writes_paused_until: null,
    ...options.changes,
  });
  const refreshed: string[] = [];
  const oauth = {
    refresh: (refresh_token: string): Promise<GoogleOutcome<RefreshedToken>> => {
      refreshed.push(refresh_token);
      const value = {
        access_token: `fresh${refreshed.length}`,
        expires_in_seconds: 3599,
        account: options.account ?? null,
      };
      return options.refresh?.(refresh_token) ??
        Promise.resolve({ verdict: "done", status: 200, value });
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
        ? { verdict: "done", status: 200, value: `answer to ${token}` }
        : reconnect("invalid_credentials", reply(401, "authError")),
    );
  };
  return { request, seen };
}

function reply(status: number, reason: string): GoogleReply {
  return { status, reason, message: reason, body: "" };
}

/** A limit of Google's, as its reply is classified. */
function limit(
  kind: "read" | "write",
  reason: string,
  retry_after_seconds: number,
): GoogleFailure {
  const error = { code: 403, errors: [{ domain: "usageLimits", reason, message: reason }] };
  return classify(kind, 403, { error }, new Headers({ "retry-after": `${retry_after_seconds}` }));
}

function answering(failure: GoogleFailure) {
  return (): Promise<GoogleOutcome<string>> => Promise.resolve(failure);
}

Deno.test("call() uses the stored access token while it is good", async () => {
  const { connections, connection, refreshed } = await aConnection();
  const { request, seen } = asking("stored");
  const outcome = await connections.call(connection, "read", request);
  assert.deepEqual(outcome, { verdict: "done", status: 200, value: "answer to stored" });
  assert.deepEqual(seen, ["stored"]);
  assert.deepEqual(refreshed, []);
});

Deno.test("call() refreshes a token that is missing or runs out within a minute, and keeps it", async () => {
  for (const expires_in_seconds of [null, -100, 0, 60]) {
    const { connections, connection, row, refreshed, cipher } = await aConnection({
      expires_in_seconds,
    });
    const { request, seen } = asking("fresh1");
    assert.equal((await connections.call(connection, "read", request)).verdict, "done");
    assert.equal((await connections.call(connection, "read", request)).verdict, "done");
    assert.deepEqual(seen, ["fresh1", "fresh1"]);
    assert.deepEqual(refreshed, ["1//refresh"]);
    assert.equal(
      await cipher.decrypt(row.access_token_encrypted ?? "", USER, "access_token_encrypted"),
      "fresh1",
    );
    assert.equal(row.access_token_expires_at, new Date(NOW + 3599_000).toISOString());
    assert.equal(row.refresh_token_encrypted, connection.refresh_token_encrypted);
  }
});

Deno.test("call() refreshes once after a 401 and runs the request again", async () => {
  const { connections, connection, row, refreshed } = await aConnection();
  const { request, seen } = asking("fresh1");
  const outcome = await connections.call(connection, "read", request);
  assert.deepEqual(outcome, { verdict: "done", status: 200, value: "answer to fresh1" });
  assert.deepEqual(seen, ["stored", "fresh1"]);
  assert.equal(refreshed.length, 1);
  assert.equal(row.status, "healthy");
});

Deno.test("call() gives up on a connection whose fresh token is refused as well", async () => {
  const { connections, connection, row, refreshed } = await aConnection();
  const { request, seen } = asking();
  const outcome = await connections.call(connection, "read", request);
  assert.ok(outcome.verdict === "reconnect");
  assert.equal(outcome.code, "invalid_credentials");
  assert.deepEqual(seen, ["stored", "fresh1"]);
  assert.equal(refreshed.length, 1);
  assert.equal(row.status_reason, "invalid_credentials");
});

Deno.test("call() shares one refresh among simultaneous requests", async () => {
  for (const expires_in_seconds of [0, 3000]) {
    const { connections, connection, refreshed } = await aConnection({ expires_in_seconds });
    const { request } = asking("fresh1");
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => connections.call(connection, "read", request)),
    );
    assert.ok(outcomes.every(({ verdict }) => verdict === "done"));
    assert.equal(refreshed.length, 1);
  }
});

Deno.test("call() marks a dead grant and does not run the request", async () => {
  const { connections, connection, row } = await aConnection({
    expires_in_seconds: null,
    refresh: () => Promise.resolve(reconnect("invalid_grant", reply(400, "invalid_grant"))),
  });
  const { request, seen } = asking("fresh1");
  const outcome = await connections.call(connection, "read", request);
  assert.ok(outcome.verdict === "reconnect");
  assert.equal(outcome.code, "invalid_grant");
  assert.match(outcome.message, /Connect Google again/);
  assert.deepEqual(seen, []);
  assert.equal(row.status, "needs_reauth");
  assert.equal(row.status_reason, "invalid_grant");
});

Deno.test("call() marks a connection that lacks a permission", async () => {
  const { connections, connection, row, refreshed } = await aConnection();
  const missing = reconnect("insufficient_permissions", reply(403, "insufficientPermissions"));
  const outcome = await connections.call(connection, "read", answering(missing));
  assert.ok(outcome.verdict === "reconnect");
  assert.equal(outcome.code, "insufficient_permissions");
  assert.equal(row.status_reason, "insufficient_permissions");
  assert.deepEqual(refreshed, []);
});

Deno.test("call() leaves a newer grant alone and says try again", async () => {
  const { connections, connection, row } = await aConnection({
    expires_in_seconds: null,
    refresh: () => Promise.resolve(reconnect("invalid_grant", reply(400, "invalid_grant"))),
  });
  row.refresh_token_encrypted = "of a newer grant";
  const outcome = await connections.call(connection, "read", asking().request);
  assert.ok(outcome.verdict === "defer");
  assert.equal(outcome.google.reason, "connection_changed");
  assert.equal(row.status, "healthy");
});

Deno.test("call() keeps a late access token away from a newer grant", async () => {
  const { connections, connection, row } = await aConnection({ expires_in_seconds: null });
  row.refresh_token_encrypted = "of a newer grant";
  const outcome = await connections.call(connection, "read", asking("fresh1").request);
  assert.equal(outcome.verdict, "done");
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
  const outcome = await connections.call(connection, "read", request);
  assert.ok(outcome.verdict === "reconnect");
  assert.equal(outcome.code, "insufficient_permissions");
  assert.match(outcome.message, /calendar\.events.*calendar\.events\.freebusy/);
  assert.deepEqual([...seen, ...refreshed], []);
});

Deno.test("call() pauses a user whom Google slows down, and only until then", async () => {
  const { connections, connection, row } = await aConnection();
  const limited = limit("read", "userRateLimitExceeded", 90);
  assert.deepEqual(await connections.call(connection, "read", answering(limited)), limited);
  assert.equal(row.paused_until, "2026-11-20T12:01:30.000Z");

  const { request, seen } = asking("stored");
  const paused = await connections.call({ ...row }, "read", request);
  assert.ok(paused.verdict === "defer");
  assert.equal(paused.google.reason, "connection_paused");
  assert.equal(paused.not_before_seconds, 90);
  assert.deepEqual(seen, []);
  const over = { ...row, paused_until: new Date(NOW).toISOString() };
  assert.equal((await connections.call(over, "read", request)).verdict, "done");
});

Deno.test("call() continues to read after an invitation limit, and writes nothing until it is over", async () => {
  const { connections, connection, row } = await aConnection();
  const limited = limit("write", "quotaExceeded", 6 * 3600);
  assert.deepEqual(await connections.call(connection, "write", answering(limited)), limited);
  assert.equal(row.paused_until, null);
  assert.equal(row.writes_paused_until, "2026-11-20T18:00:00.000Z");

  const { request, seen } = asking("stored");
  assert.equal((await connections.call({ ...row }, "read", request)).verdict, "done");
  const paused = await connections.call({ ...row }, "write", request);
  assert.ok(paused.verdict === "defer");
  assert.equal(paused.code, "rate_limited");
  assert.equal(paused.google.reason, "connection_paused");
  assert.equal(paused.not_before_seconds, 6 * 3600);
  assert.deepEqual(seen, ["stored"]);
  const over = { ...row, writes_paused_until: new Date(NOW).toISOString() };
  assert.equal((await connections.call(over, "write", request)).verdict, "done");
});

Deno.test("call() makes a write wait for the longer of two pauses", async () => {
  const [short, long] = ["2026-11-20T12:01:00.000Z", "2026-11-20T15:00:00.000Z"];
  for (const [paused_until, writes_paused_until] of [[short, long], [long, short]] as const) {
    const { connections, connection } = await aConnection({
      changes: { paused_until, writes_paused_until },
    });
    const paused = await connections.call(connection, "write", asking().request);
    assert.ok(paused.verdict === "defer");
    assert.equal(paused.not_before_seconds, 3 * 3600);
  }
});

Deno.test("call() pauses all users when the limit is the whole project's", async () => {
  const { connections, connection, row } = await aConnection();
  const limited = limit("read", "dailyLimitExceeded", 3600);
  assert.deepEqual(await connections.call(connection, "read", answering(limited)), limited);
  assert.equal(row.paused_until, "2026-11-20T13:00:00.000Z");
});

Deno.test("call() passes on failures that say nothing about the connection", async () => {
  const failures: GoogleFailure[] = [
    unanswered(reply(503, "backendError")),
    lostResponse("write", reply(502, "http_502")),
    refused(reply(404, "notFound")),
  ];
  for (const failure of failures) {
    const { connections, connection, row } = await aConnection();
    assert.deepEqual(await connections.call(connection, "read", answering(failure)), failure);
    assert.deepEqual(row, connection);
  }
});

Deno.test("call() passes on that Google could not refresh now, without the request", async () => {
  const busy = unanswered(reply(503, "backendError"));
  const { connections, connection, row } = await aConnection({
    expires_in_seconds: 0,
    refresh: () => Promise.resolve(busy),
  });
  const { request, seen } = asking("stored");
  assert.deepEqual(await connections.call(connection, "read", request), {
    ...busy,
    verdict: "defer",
  });
  assert.deepEqual(seen, []);
  assert.deepEqual(row, connection);
});

Deno.test("call() encrypts the refresh token again once a newer key is first", async () => {
  const { connections, connection, row, refreshed } = await aConnection({
    expires_in_seconds: 0,
    keys: `${NEW_KEY},${OLD_KEY}`,
    stored_with: OLD_KEY,
  });
  assert.equal(
    (await connections.call(connection, "read", asking("fresh1").request)).verdict,
    "done",
  );
  assert.deepEqual(refreshed, ["1//refresh"]);
  const without_old_key = tokenCipher(NEW_KEY);
  assert.equal(
    await without_old_key.decrypt(row.refresh_token_encrypted, USER, "refresh_token_encrypted"),
    "1//refresh",
  );
  assert.equal(
    await without_old_key.decrypt(row.access_token_encrypted ?? "", USER, "access_token_encrypted"),
    "fresh1",
  );
});

Deno.test("call() stores what Google says of the account with a refreshed token", async () => {
  const account = {
    google_account_id: "1042",
    email: "renamed@x.example",
    email_verified: true,
    hosted_domain: null,
  };
  for (
    const [google_account_id, email] of [["1042", account.email], ["9", "a@x.example"]] as const
  ) {
    const { connections, connection, row } = await aConnection({
      expires_in_seconds: 0,
      account: { ...account, google_account_id },
    });
    await connections.call(connection, "read", asking("fresh1").request);
    assert.equal(row.email, email, `said of the account ${google_account_id}`);
  }
});

Deno.test("call() gets another access token for one that it cannot decrypt", async () => {
  const { connections, connection, refreshed } = await aConnection({
    changes: { access_token_encrypted: "v1.gone.AAAA" },
  });
  const { request } = asking("fresh1");
  assert.equal((await connections.call(connection, "read", request)).verdict, "done");
  assert.equal(refreshed.length, 1);
});

Deno.test("call() asks to reconnect while the refresh token cannot be decrypted, and no longer", async () => {
  const { connections, connection, row, refreshed } = await aConnection({
    expires_in_seconds: null,
    keys: NEW_KEY,
    stored_with: OLD_KEY,
  });
  const outcome = await connections.call(connection, "read", asking("fresh1").request);
  assert.ok(outcome.verdict === "reconnect");
  assert.equal(outcome.code, "token_unreadable");
  assert.deepEqual([row.status, row.status_reason], ["needs_reauth", "token_unreadable"]);
  assert.deepEqual(refreshed, []);

  const restored = await aConnection({
    expires_in_seconds: null,
    keys: `${NEW_KEY},${OLD_KEY}`,
    stored_with: OLD_KEY,
    changes: { status: "needs_reauth", status_reason: "token_unreadable" },
  });
  const { verdict } = await restored.connections.call(
    restored.connection,
    "read",
    asking("fresh1").request,
  );
  assert.equal(verdict, "done");
  assert.equal(restored.row.status, "healthy");
});
