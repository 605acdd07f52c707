import { migratedPglite } from "../support/prepared_databases.ts";
import assert from "node:assert/strict";
import { createClient } from "@supabase/supabase-js";
import { googleAuthorizations } from "@shared/connections/authorizations.ts";
import { googleConnections } from "@shared/connections/connections.ts";
import { tokenCipher } from "@shared/connections/token_cipher.ts";
import type { Database } from "@shared/database/call.ts";
import { readGoogleConnection } from "@shared/database/google_connections.ts";
import type { StoredConnection } from "@shared/database/google_connections.ts";
import { googleCalendar } from "@shared/google/calendar.ts";
import { meetLink } from "@shared/google/event.ts";
import { eventId, meetRequestId } from "@shared/google/event_id.ts";
import { googleOAuth } from "@shared/google/oauth.ts";
import { SCOPES } from "@shared/google/scopes.ts";
import { emulatorControl } from "../../packages/google-calendar-emulator/control.ts";
import type { EmulatorControl } from "../../packages/google-calendar-emulator/control.ts";
import {
  default_client,
  startGoogleEmulator,
} from "../../packages/google-calendar-emulator/emulator.ts";
import { startPlatform } from "../../local/platform.ts";
import type { Platform } from "../../local/platform.ts";
import { promisesOf } from "../support/promises.ts";

const REDIRECT = "http://127.0.0.1:1/functions/v1/google-auth/callback";
const DAY = { timeMin: "2027-03-01T00:00:00Z", timeMax: "2027-03-02T00:00:00Z" };

/** Convene's own rooms wired to a database and an emulator, without any HTTP function between. */
async function startRooms(resources: AsyncDisposableStack): Promise<Rooms> {
  const emulator = resources.use(await startGoogleEmulator({ strict: true }));
  // With a client of its own the platform starts no emulator; its functions are not needed here.
  const platform = resources.use(
    await startPlatform({
      database: await migratedPglite(),
      functions: "none",
      background: { net: false, cron: false },
      environment: { GOOGLE_CLIENT_ID: "unused", GOOGLE_CLIENT_SECRET: "unused" },
    }),
  );
  const database = createClient(platform.api_url, platform.secret_key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  });
  const oauth = googleOAuth({
    ...default_client,
    authorization_url: `${emulator.url}/o/oauth2/v2/auth`,
    token_url: `${emulator.url}/token`,
    revocation_url: `${emulator.url}/revoke`,
    userinfo_url: `${emulator.url}/v1/userinfo`,
  });
  const cipher = tokenCipher(`k1:${btoa("k".repeat(32))}`);
  const common = { database, oauth, cipher, now: () => new Date() };
  return {
    platform,
    database,
    control: emulatorControl(emulator.url),
    calendar: googleCalendar({ base_url: `${emulator.url}/calendar/v3` }),
    authorizations: googleAuthorizations({ ...common, redirect_uri: REDIRECT }),
    connections: googleConnections(common),
  };
}

interface Rooms {
  platform: Platform;
  database: Database;
  control: EmulatorControl;
  calendar: ReturnType<typeof googleCalendar>;
  authorizations: ReturnType<typeof googleAuthorizations>;
  connections: ReturnType<typeof googleConnections>;
}

async function connect(
  { platform, control, authorizations, database }: Rooms,
  email: string,
  scopes: "all" | string[] = "all",
): Promise<StoredConnection> {
  await control.createAccount({ email, timezone: "Europe/Berlin" });
  const { user_id } = await platform.createUser(email);
  await consentAndComplete({ control, authorizations }, user_id, email, scopes);
  return await stored(database, user_id);
}

async function consentAndComplete(
  { control, authorizations }: Pick<Rooms, "control" | "authorizations">,
  user_id: string,
  email: string,
  scopes: "all" | string[] = "all",
): Promise<void> {
  const authorization_url = await authorizations.begin(user_id, "https://app.example/");
  const { redirect_url } = await control.approve({ authorization_url, email, scopes });
  const answer = new URL(redirect_url).searchParams;
  const code = await authorizations.receive(
    answer.get("state") ?? "",
    user_id,
    answer.get("code") ?? "",
  );
  assert.ok(code !== null);
  assert.equal((await authorizations.complete(user_id, code)).kind, "connected");
}

async function stored(database: Database, user_id: string): Promise<StoredConnection> {
  const connection = await readGoogleConnection(database, user_id);
  assert.ok(connection !== null);
  return connection;
}

function ask({ calendar, connections }: Rooms, connection: StoredConnection, calendars: string[]) {
  return connections.call(
    connection,
    "read",
    (token) => calendar.freeBusy(token, { ...DAY, calendars }),
  );
}

promisesOf(
  "googleConnections() and googleCalendar() against the emulator",
  startRooms,
  {
    async "write, read, change, find busy and delete an event"(rooms) {
      const { calendar, connections } = rooms;
      const connection = await connect(rooms, "writer@team.example");
      const key = crypto.randomUUID();
      const id = eventId(key, 1);
      const time = (hour: number) => ({
        dateTime: `2027-03-01T${hour}:00:00+01:00`,
        timeZone: "Europe/Berlin",
      });
      const inserted = await connections.call(
        connection,
        "write",
        (token) =>
          calendar.insertEvent(token, "primary", {
            id,
            summary: "Plan",
            start: time(10),
            end: time(11),
            attendees: [{ email: "guest@elsewhere.example" }],
            reminders: { useDefault: false, overrides: [{ method: "popup", minutes: 30 }] },
            conferenceData: {
              createRequest: {
                requestId: meetRequestId(key, 1),
                conferenceSolutionKey: { type: "hangoutsMeet" },
              },
            },
            extendedProperties: { private: { convene: key } },
          }, { sendUpdates: "all" }),
      );
      assert.ok(inserted.verdict === "done");
      assert.equal(inserted.value.id, id);
      assert.match(meetLink(inserted.value) ?? "", /^https:\/\/meet\.google\.com\//);

      const again = await connections.call(
        connection,
        "write",
        (token) =>
          calendar.insertEvent(token, "primary", { id, start: time(10), end: time(11) }, {
            sendUpdates: "none",
          }),
      );
      assert.ok(again.verdict === "reject");
      assert.deepEqual([again.google.status, again.google.reason], [409, "duplicate"]);

      const stale = await connections.call(
        connection,
        "write",
        (token) =>
          calendar.patchEvent(token, "primary", id, { summary: "Stale" }, {
            sendUpdates: "none",
            if_match: '"0"',
          }),
      );
      assert.ok(stale.verdict === "reject");
      assert.deepEqual([stale.google.status, stale.google.reason], [412, "conditionNotMet"]);

      const changed = await connections.call(
        connection,
        "write",
        (token) =>
          calendar.patchEvent(token, "primary", id, { location: "Room 1" }, {
            sendUpdates: "none",
            ...(inserted.value.etag === undefined ? {} : { if_match: inserted.value.etag }),
          }),
      );
      assert.ok(changed.verdict === "done");
      assert.equal(changed.value.location, "Room 1");

      const busy = await ask(rooms, connection, ["writer@team.example", "unknown@team.example"]);
      assert.ok(busy.verdict === "done");
      assert.deepEqual(busy.value.get("writer@team.example"), {
        busy: [{ start: "2027-03-01T09:00:00.000Z", end: "2027-03-01T10:00:00.000Z" }],
      });
      assert.deepEqual(busy.value.get("unknown@team.example"), { unknown: "notFound" });

      const remove = () =>
        connections.call(
          connection,
          "write",
          (token) => calendar.deleteEvent(token, "primary", id, { sendUpdates: "none" }),
        );
      assert.equal((await remove()).verdict, "done");
      const twice = await remove();
      assert.ok(twice.verdict === "reject");
      assert.deepEqual([twice.google.status, twice.google.reason], [410, "deleted"]);
    },

    async "an expired access token is renewed without an error"(rooms) {
      const { control, database } = rooms;
      const connection = await connect(rooms, "expired@team.example");
      await control.expireAccessTokens("expired@team.example");
      assert.equal((await ask(rooms, connection, ["expired@team.example"])).verdict, "done");
      const after = await stored(database, connection.user_id);
      assert.equal(after.status, "healthy");
      assert.notEqual(after.access_token_encrypted, connection.access_token_encrypted);
      assert.equal(after.refresh_token_encrypted, connection.refresh_token_encrypted);
      assert.equal((await ask(rooms, after, ["expired@team.example"])).verdict, "done");
    },

    async "two workers renew one connection concurrently, and both continue"(rooms) {
      const { control, database } = rooms;
      const connection = await connect(rooms, "both@team.example");
      await control.expireAccessTokens("both@team.example");
      // Two copies, as two processes would read them: nothing in memory is shared.
      const outcomes = await Promise.all([
        ask(rooms, { ...connection }, ["both@team.example"]),
        ask(rooms, { ...connection }, ["both@team.example"]),
      ]);
      assert.deepEqual(outcomes.map(({ verdict }) => verdict), ["done", "done"]);
      const after = await stored(database, connection.user_id);
      assert.equal((await ask(rooms, after, ["both@team.example"])).verdict, "done");
    },

    async "a dead grant is noted until the user connects again"(rooms) {
      const { control, database } = rooms;
      const email = "dead@team.example";
      const connection = await connect(rooms, email);
      await control.revokeGrant(email);
      const outcome = await ask(rooms, connection, [email]);
      assert.ok(outcome.verdict === "reconnect");
      assert.equal(outcome.code, "invalid_grant");
      const dead = await stored(database, connection.user_id);
      assert.deepEqual([dead.status, dead.status_reason], ["needs_reauth", "invalid_grant"]);
      assert.equal(dead.access_token_encrypted, null);

      await consentAndComplete(rooms, connection.user_id, email);
      const alive = await stored(database, connection.user_id);
      assert.deepEqual([alive.status, alive.status_reason], ["healthy", null]);
      // A worker that still holds the old grant must not spoil the new one.
      const late = await ask(rooms, connection, [email]);
      assert.notEqual(late.verdict, "done");
      assert.notEqual(late.verdict, "reconnect");
      assert.equal((await stored(database, connection.user_id)).status, "healthy");
      assert.equal((await ask(rooms, alive, [email])).verdict, "done");
    },

    async "a permission that Google misses is noted with its reason"(rooms) {
      const { calendar, connections, database } = rooms;
      const email = "narrow@team.example";
      const freebusy = SCOPES.filter((scope) => !scope.endsWith("calendar.events"));
      const narrow = await connect(rooms, email, freebusy);
      assert.equal(narrow.status, "needs_reauth");
      // As if we had not compared the scopes: Google's own refusal must lead to the same end.
      const connection = { ...narrow, status: "healthy" as const, status_reason: null };
      const outcome = await connections.call(
        connection,
        "write",
        (token) => calendar.deleteEvent(token, "primary", "convene00000", { sendUpdates: "none" }),
      );
      assert.ok(outcome.verdict === "reconnect");
      assert.equal(outcome.code, "insufficient_permissions");
      const after = await stored(database, connection.user_id);
      assert.equal(after.status_reason, "insufficient_permissions");
    },

    async "a rate limit pauses the user in the database"(rooms) {
      const { control, database } = rooms;
      const email = "fast@team.example";
      const connection = await connect(rooms, email);
      await control.fault({
        method: "POST",
        path: "/calendar/v3/freeBusy",
        status: 403,
        reason: "rateLimitExceeded",
        times: 1,
      });
      assert.equal((await ask(rooms, connection, [email])).verdict, "defer");
      const paused = await stored(database, connection.user_id);
      assert.ok(paused.paused_until !== null);
      assert.ok(Date.parse(paused.paused_until) > Date.now());
      const held = await ask(rooms, paused, [email]);
      assert.ok(held.verdict === "defer");
      assert.equal(held.google.reason, "connection_paused");
      assert.equal((await ask(rooms, { ...paused, paused_until: null }, [email])).verdict, "done");
    },

    async "of two pauses the longer one holds"(rooms) {
      const { database } = rooms;
      const { user_id } = await connect(rooms, "pauses@team.example");
      const pause = (until: string) =>
        database.rpc("pause_google_connection", { p_user_id: user_id, p_until: until });
      await pause("2027-01-01T00:00:00Z");
      await pause("2026-12-01T00:00:00Z");
      const { paused_until } = await stored(database, user_id);
      assert.equal(Date.parse(paused_until ?? ""), Date.parse("2027-01-01T00:00:00Z"));
    },

    async "a user who leaves takes the connection along"(rooms) {
      const { database, platform } = rooms;
      const { user_id } = await connect(rooms, "leaver@team.example");
      await platform.sql("delete from auth.users where id = $1", [user_id]);
      assert.equal(await readGoogleConnection(database, user_id), null);
    },
  },
  // PGlite uses the process's exit code for itself while it runs.
  { sanitizeExit: false },
);
