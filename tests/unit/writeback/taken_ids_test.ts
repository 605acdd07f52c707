import assert from "node:assert/strict";
import { eventId } from "@shared/google/event_id.ts";
import { EVENT_KEY_PROPERTY } from "@shared/calendar_events/own_event.ts";
import type { Sent } from "../google/recorded_fetch.ts";
import { attemptOn, LEASED_ROW } from "./attempts.ts";

const [FIRST, SECOND, THIRD, FOURTH] = [1, 2, 3, 4].map((generation) =>
  eventId(LEASED_ROW.event_key, generation)
);

/** The event that a request is about. */
function idOf({ method, url, text }: Sent): string {
  return method === "POST" ? JSON.parse(text).id : url.pathname.split("/").at(-1) ?? "";
}

/** A calendar on which these events are alive; their ids and `taken` cannot be inserted. */
function calendar(alive: readonly string[], taken: readonly string[]) {
  return (sent: Sent): Response => {
    const id = idOf(sent);
    const event = {
      id,
      status: "confirmed",
      extendedProperties: { private: { [EVENT_KEY_PROPERTY]: LEASED_ROW.event_key } },
    };
    if (sent.method === "GET") {
      return alive.includes(id) ? Response.json(event) : new Response("{}", { status: 404 });
    }
    if (![...alive, ...taken].includes(id)) return Response.json(event);
    return Response.json(
      { error: { code: 409, errors: [{ reason: "duplicate" }] } },
      { status: 409 },
    );
  };
}

Deno.test("attemptWriteback() takes the next id where Google keeps one taken and shows no event", async () => {
  const { settlement, sent } = await attemptOn({}, once(calendar([], [FIRST!])));
  assert.deepEqual(sent.map((one) => [one.method, idOf(one)]), [
    ["POST", FIRST],
    ["GET", FIRST],
    ["POST", SECOND],
  ]);
  assert.ok(settlement.outcome === "written");
  assert.deepEqual([settlement.google_event_id, settlement.event_generation], [SECOND, 2]);
});

Deno.test("attemptWriteback() goes no further than two ids on: there a cancellation would look", async () => {
  const taken = [FIRST!, SECOND!, THIRD!, FOURTH!];
  const { settlement, sent } = await attemptOn({}, once(calendar([], taken)));
  const inserts = sent.filter(({ method }) => method === "POST").map(idOf);
  assert.deepEqual(inserts, taken.slice(0, 3));
  assert.ok(settlement.outcome === "failed" && settlement.failure.verdict === "reject");
});

Deno.test("attemptWriteback() looks under the next id too before it inserts there", async () => {
  const google = calendar([SECOND!], []);
  const { settlement, result, sent } = await attemptOn(
    { writeback_status: "retrying", outcome_unknown: true },
    // Deleted under the first id; a worker went on to the second one and died.
    (asked) => idOf(asked) === FIRST ? new Response("{}", { status: 410 }) : google(asked),
  );
  assert.deepEqual(sent.map((one) => [one.method, idOf(one)]), [["GET", FIRST], ["GET", SECOND]]);
  assert.ok(settlement.outcome === "written" && result.success && "already_exists" in result);
  assert.deepEqual([settlement.event_generation, result.already_exists], [2, true]);
});

/** Nothing is asked a second time: a loop ends as a refusal. */
function once(answer: (sent: Sent) => Response) {
  const seen = new Set<string>();
  return (sent: Sent): Response => {
    const key = `${sent.method} ${idOf(sent)}`;
    if (seen.has(key)) return new Response("{}", { status: 400 });
    seen.add(key);
    return answer(sent);
  };
}
