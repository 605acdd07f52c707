import assert from "node:assert/strict";
import { insertOnce } from "@shared/calendar_events/insert_once.ts";
import type { Insertion } from "@shared/calendar_events/insert_once.ts";
import { EVENT_KEY_PROPERTY } from "@shared/calendar_events/own_event.ts";
import type { StoredConnection } from "@shared/connections/connections.ts";
import { deferral } from "@shared/failures/failure.ts";
import { googleCalendar } from "@shared/google/calendar.ts";
import { eventId } from "@shared/google/event_id.ts";
import { recordedFetch } from "../google/recorded_fetch.ts";

const KEY = "0b9f4c1e-5d5e-4a5b-8a55-0d6a1c2b3e4f";

type Shown = "ours" | "foreign" | "deleted" | "unshown";

/** Inserts into a calendar whose ids of these generations are taken. */
async function insertInto(
  taken: Readonly<Record<number, Shown>>,
  changes: Partial<Insertion> = {},
) {
  const { fetch, sent } = recordedFetch(({ method, url, text }) => {
    const id = method === "POST" ? JSON.parse(text).id : url.pathname.split("/").at(-1);
    const generation = Number(/g(\d+)$/.exec(id)?.[1]);
    const shown = taken[generation];
    if (method === "POST") {
      return shown === undefined ? Response.json({ id }) : Response.json({}, { status: 409 });
    }
    if (shown === undefined || shown === "unshown") return Response.json({}, { status: 404 });
    const private_properties = shown === "ours" ? { [EVENT_KEY_PROPERTY]: KEY } : {};
    return Response.json({
      id,
      status: shown === "deleted" ? "cancelled" : "confirmed",
      extendedProperties: { private: private_properties },
    });
  });
  const inserted = await insertOnce(
    {
      calendar: googleCalendar({ base_url: "http://127.0.0.1:1/calendar/v3", fetch }),
      connection: { email: "a@north.example" } as StoredConnection,
      connections: { call: (_connection, _kind, request) => request("token") },
      calendar_id: "primary",
    },
    {
      event_key: KEY,
      generation: 1,
      compose: () => ({ summary: "Review" }),
      sendUpdates: "all",
      verify_first: false,
      ...changes,
    },
  );
  return { inserted, methods: sent.map(({ method }) => method).join(" ") };
}

Deno.test("insertOnce() writes under our own id, with the key of the row", async () => {
  const { inserted, methods } = await insertInto({});
  assert.ok(inserted.kind === "inserted" && !inserted.already_exists);
  assert.equal(inserted.event.id, eventId(KEY, 1));
  assert.equal(methods, "POST");
});

Deno.test("insertOnce() adopts our event under a taken id, and reads before it writes where one may exist", async () => {
  for (const [verify_first, requests] of [[false, "POST GET"], [true, "GET"]] as const) {
    const { inserted, methods } = await insertInto({ 1: "ours" }, { verify_first });
    assert.ok(inserted.kind === "inserted" && inserted.already_exists);
    assert.equal(methods, requests);
  }
  const { inserted, methods } = await insertInto({}, { verify_first: true });
  assert.ok(inserted.kind === "inserted" && !inserted.already_exists);
  assert.equal(methods, "GET POST");
});

Deno.test("insertOnce() uses the next id after a deleted event, returned or not, and verifies it too", async () => {
  for (const shown of ["deleted", "unshown"] as const) {
    const { inserted, methods } = await insertInto({ 1: shown });
    assert.ok(inserted.kind === "inserted");
    assert.deepEqual([inserted.generation, methods], [2, "POST GET POST"]);
  }
  const { inserted, methods } = await insertInto({ 1: "deleted", 2: "ours" }, {
    verify_first: true,
  });
  assert.ok(inserted.kind === "inserted" && inserted.already_exists);
  assert.deepEqual([inserted.generation, methods], [2, "GET GET"]);
});

Deno.test("insertOnce() gives up after three deletions, and leaves a foreign event alone", async () => {
  const gone = await insertInto({ 1: "deleted", 2: "deleted", 3: "deleted" });
  assert.deepEqual(gone.inserted, { kind: "deleted_each_time", generation: 4 });
  const foreign = await insertInto({ 1: "foreign" });
  assert.deepEqual(foreign.inserted, {
    kind: "foreign",
    event_id: eventId(KEY, 1),
    generation: 1,
  });
});

Deno.test("insertOnce() inserts nothing that may not be inserted now, but adopts it", async () => {
  const refusal = deferral("out_of_time", 1);
  const mayNotInsert = () => refusal;
  const held = await insertInto({}, { mayNotInsert, verify_first: true });
  assert.deepEqual([held.inserted, held.methods], [
    { kind: "failed", at: "insert", failure: refusal, generation: 1 },
    "GET",
  ]);
  const adopted = await insertInto({ 1: "ours" }, { mayNotInsert, verify_first: true });
  assert.equal(adopted.inserted.kind, "inserted");
});
