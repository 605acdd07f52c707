import assert from "node:assert/strict";
import { tokenCipher } from "@shared/connections/token_cipher.ts";
import { TOKEN_KEYS } from "../support/connected_organizer.ts";
import { fetchFunction } from "../support/contract/fetch_function.ts";
import { insertMeeting, SLOT, WEEK } from "../support/meetings.ts";
import { addTarget, SIGNING_SECRET } from "../support/notifications.ts";
import { callFunction, promise, type Stack } from "../support/stack.ts";
import { until } from "../support/until.ts";
import { startReceiver } from "../unit/notifications/receiver.ts";

const TITLE = "Canary title 5b1f";
const DESCRIPTION = "Canary description 9c2e";
const LOCATION = "Canary location 4d7a";

/** Where a dump of the database may hold each canary, as table.column; docs/security.md names the same places. */
const MAY_HOLD: Record<string, RegExp> = {
  title:
    /^(public\.(meetings\.(title|candidates)|v_writeback_status\..*|v_calendar_events\.event_title|tasks\.title|task_calendar_events\.event_title|notifications\.payload)|private\.(event_state\..*|announcements\.payload))$/,
  description: /^(public\.(meetings|tasks)\.description|private\.event_state\..*)$/,
  location: /^(public\.meetings\.location|private\.event_state\..*)$/,
  guest:
    /^(public\.(meetings|writeback_ledger|notifications|task_calendar_events|availability_sharing|v_[a-z_]+)\..*|private\.(event_state|slot_holds|fairness_ledger|noted_burdens|announcements)\..*)$/,
  "signing secret": /^private\.notification_secrets\.signing_secret$/,
  // pg_net keeps a request, with its headers, until it is sent.
  "automations key": /^(vault\.(decrypted_)?secrets\..*|net\.http_request_queue\.headers)$/,
};

const output: string[] = [];

promise("canaries", {
  "tokens, keys, titles and addresses are where they belong, and in no log, error, wake-up or job":
    async (stack) => {
      await using receiver = startReceiver();
      const { secrets, personal, errors } = await scene(stack, receiver);
      const canaries = { ...secrets, ...personal };

      const found = await placesOf(stack, canaries);
      for (const [name, places] of Object.entries(found)) {
        const strange = places.filter((place) => !MAY_HOLD[name]?.test(place));
        assert.deepEqual(strange, [], `places that hold the ${name}`);
      }
      assert.ok(found.title?.includes("public.meetings.title"), "the search finds what is there");

      await until(
        "the last line of the log",
        () => Promise.resolve(output.some((text) => text.includes("google_not_connected"))),
      );
      const log = output.join("");
      assert.match(log, /"event":"/);
      hasNone(log, canaries, "the log");

      assert.ok(errors.length >= 10);
      for (const error of errors) hasNone(error, canaries, "an error");
      assert.ok(receiver.received.length > 0);
      for (const { text, headers } of receiver.received) {
        hasNone(text + JSON.stringify([...headers]), secrets, "a notification");
      }
    },
}, {
  environment: { CONVENE_TOKEN_KEYS: TOKEN_KEYS },
  onFunctionsOutput: (text) => void output.push(text),
});

/** A meeting from its search to its cancellation, and much that fails on the way. */
async function scene(stack: Stack, receiver: ReturnType<typeof startReceiver>) {
  const { platform, google } = stack;
  const organizer = await stack.organizer();
  const stranger = await stack.organizer({ connected: false });
  const guest = await stack.guest();
  await organizer.call("google-auth/sharing", {
    body: { grantee_kind: "person", grantee: guest },
  });
  await addTarget(organizer, receiver, "webhook");
  await addTarget(organizer, receiver, "slack");
  await organizer.client.from("notification_targets").insert(
    { kind: "slack", address: "http://127.0.0.1:1/closed" } as never,
  );
  const columns = {
    title: TITLE,
    description: DESCRIPTION,
    location: LOCATION,
    participants: [organizer.email, guest],
  };
  const errors: string[] = [];
  const call = async (
    who: { call: typeof organizer.call },
    name: string,
    init: Parameters<typeof organizer.call>[1],
  ) => {
    const { status, body } = await who.call(name, init);
    if (status >= 400) errors.push(JSON.stringify(body));
    return body;
  };

  const searched = await insertMeeting(organizer, { ...columns, constraints: WEEK });
  await call(organizer, "schedule", { body: { meeting_id: searched } });
  await call(organizer, "write-back", { body: { meeting_id: searched } });
  const written = await insertMeeting(organizer, { ...columns, ...SLOT });
  await google.fault({
    method: "POST",
    path_pattern: "/events",
    status: 500,
    reason: "backendError",
    message: `${TITLE} for ${guest}`,
    times: 1,
  });
  await call(organizer, "write-back", { body: { meeting_id: written } });
  await platform.sql("update private.work set due_at = now() where due_at < 'infinity'");
  await call(organizer, "write-back", { body: { meeting_id: written } });
  await call(organizer, "meetings", {
    method: "PATCH",
    body: { meeting_id: written, starts_at: "x" },
  });
  await call(organizer, "meetings", { method: "DELETE", query: { meeting_id: written } });
  await call(organizer, "write-back", { body: { meeting_id: written } });
  for (const meeting_id of [searched, written]) {
    await call(stranger, "status", { query: { meeting_id } });
    await call(stranger, "write-back", { body: { meeting_id } });
    await call(stranger, "meetings/requeue", { body: { meeting_id } });
    await call(stranger, "schedule", { body: { meeting_id } });
  }
  const { access_token: of_google, refresh_token } = await tokensOf(stack, organizer.user_id);
  for (const authorization of ["Bearer sb_secret_wrong", "Bearer x.y.z", "Basic x"]) {
    const response = await fetchFunction(`${platform.functions_url}/status`, {
      headers: { authorization },
    });
    errors.push(await response.text());
  }
  for (const [path, id] of [["status", guest], [`status/${guest}`, TITLE]] as const) {
    const response = await fetch(`${platform.functions_url}/${path}?meeting_id=${guest}`, {
      headers: { authorization: `Bearer ${stranger.access_token}`, "x-request-id": id },
    });
    // The response names the id that was asked for.
    await response.body?.cancel();
  }
  const { error } = await stranger.client.from("meetings").insert(
    { organizer_user_id: organizer.user_id, participants: [] } as never,
  );
  errors.push(JSON.stringify(error));
  await callFunction(platform, "notify", {
    apikey: platform.automations_key,
    body: { batch: true },
  });
  await platform.runCron();
  await platform.sql(
    "update private.google_connections set refresh_token_encrypted = 'v1.gone.AAAA', access_token_encrypted = null where user_id = $1",
    [organizer.user_id],
  );
  const lost = await insertMeeting(organizer, { ...columns, ...SLOT });
  await call(organizer, "write-back", { body: { meeting_id: lost } });
  await call(stranger, "google-auth/complete", { body: { code: "unknown" } });
  return {
    errors,
    personal: { title: TITLE, description: DESCRIPTION, location: LOCATION, guest },
    secrets: {
      "Google access token": of_google,
      "Google refresh token": refresh_token,
      "session of the user": organizer.access_token,
      "signing secret": SIGNING_SECRET.replace("whsec_", ""),
      "secret key": platform.secret_key,
      "automations key": platform.automations_key,
      "token keys": TOKEN_KEYS.replace("k1:", ""),
    },
  };
}

async function tokensOf(stack: Stack, user_id: string) {
  const [row] = await stack.platform.sql<{ access: string; refresh: string }>(
    `select access_token_encrypted as access, refresh_token_encrypted as refresh
       from private.google_connections where user_id = $1`,
    [user_id],
  );
  const cipher = tokenCipher(TOKEN_KEYS);
  return {
    access_token: await cipher.decrypt(row?.access ?? "", user_id, "access_token_encrypted"),
    refresh_token: await cipher.decrypt(row?.refresh ?? "", user_id, "refresh_token_encrypted"),
  };
}

/** For each canary the columns of the whole database that have it, as schema.table.column. */
async function placesOf(
  stack: Stack,
  canaries: Record<string, string>,
): Promise<Record<string, string[]>> {
  // The accounts of users are Supabase's own; what is sent to and from Google is not stored there.
  const columns = await stack.platform.sql<{ relation: string; name: string; place: string }>(
    `select format('%I.%I', n.nspname, c.relname) as relation, quote_ident(a.attname) as name,
            n.nspname || '.' || c.relname || '.' || a.attname as place
       from pg_class as c
       join pg_namespace as n on n.oid = c.relnamespace
       join pg_attribute as a on a.attrelid = c.oid
      where c.relkind in ('r', 'p', 'm', 'v') and not c.relispartition and a.attnum > 0 and not a.attisdropped
        and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'auth')`,
  );
  const found: Record<string, string[]> = {};
  for (const { relation, name, place } of columns) {
    // Bytes are searched as text too: pg_net stores bodies as bytea.
    const rows = await stack.platform.sql<{ text: string }>(
      `select coalesce(string_agg(t.${name}::text, ' '), '') as text
         from ${relation} as t`,
    );
    const text = readable(rows[0]?.text ?? "");
    for (const [canary, value] of Object.entries(canaries)) {
      if (text.includes(value)) (found[canary] ??= []).push(place);
    }
  }
  return found;
}

/** Bytes in Postgres' hex form as text, so that a request's body can be searched. */
function readable(text: string): string {
  return text.replace(/\\{1,2}x((?:[0-9a-f]{2})+)/g, (_, hex: string) => {
    const bytes = hex.match(/../g)?.map((byte) => parseInt(byte, 16)) ?? [];
    return new TextDecoder().decode(new Uint8Array(bytes));
  });
}

function hasNone(text: string, canaries: Record<string, string>, where: string): void {
  for (const [name, value] of Object.entries(canaries)) {
    assert.ok(!text.includes(value), `${where} has the ${name}: ${text.slice(0, 500)}`);
  }
}
