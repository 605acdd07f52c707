import assert from "node:assert/strict";
import { promise, type Stack } from "../support/stack.ts";

const PAGES = ["schedule", "preferences"];

/** Words that the examples have to show. */
const SHOWN = [
  /"priority"/,
  /"lunch": null/,
  /"lunch": \{/,
  /"locale": "de"/,
  /"weights"/,
  /EXDATE/,
  /"exdates"/,
  /"holiday_calendar"/,
];

promise("examples of the pages", {
  "every request to schedule on the pages finds a slot as it is written": async (stack) => {
    const organizer = await stack.organizer();
    const requests = (await examples()).filter(({ command }) => command.includes("/v1/schedule "));
    assert.ok(requests.length >= 6, `only ${requests.length} examples were found`);
    await createPeople(stack, requests.map(({ body }) => body));
    for (const { body, command } of requests) {
      const answer = await organizer.call("schedule", { body: JSON.parse(body) });
      assert.equal(answer.status, 200, `${command}: ${JSON.stringify(answer.body)}`);
    }
  },

  "the row of preferences is stored as it is written, and counts": async (stack) => {
    const organizer = await stack.organizer();
    const row = (await examples()).find(({ command }) =>
      command.includes("/scheduling_preferences")
    );
    assert.ok(row, "no example stores preferences");
    const columns = { owner_user_id: organizer.user_id, ...JSON.parse(row.body) };
    const { error } = await organizer.client.from("scheduling_preferences").upsert(
      columns as never,
    );
    assert.equal(error, null, JSON.stringify(error));
    const answer = await organizer.call("schedule", {
      body: { participants: [organizer.email], dry_run: true },
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const { participant_availability: [first] } = answer.body.selected_slot;
    assert.match(first.local_start, /\+0[12]:00$/, "on the clock of Berlin");
  },

  "the examples show priority, lunch, locale, weights, series and preferences": async () => {
    const bodies = (await examples()).map(({ body }) => body);
    for (const shown of SHOWN) assert.ok(bodies.some((body) => shown.test(body)), String(shown));
  },
});

/** The requests with a body that the pages show, as they are written. */
async function examples(): Promise<{ command: string; body: string }[]> {
  const pages = await Promise.all(
    PAGES.map((page) => Deno.readTextFile(new URL(`../../docs/${page}.md`, import.meta.url))),
  );
  return pages.flatMap((page) =>
    [...page.matchAll(/^(curl -X POST [^']*?)-d '(\{[^']*\})'/gm)].map(([, command, body]) => ({
      command: (command ?? "").trim() + " ",
      body: body ?? "",
    }))
  );
}

async function createPeople(stack: Stack, bodies: readonly string[]): Promise<void> {
  const emails = bodies.flatMap((body) => body.match(/[a-z0-9-]+@[a-z]+\.example/g) ?? []);
  const known = new Set((await stack.google.accounts()).map(({ email }) => email));
  for (const email of new Set(emails)) {
    if (!known.has(email)) await stack.google.createAccount({ email, timezone: "UTC" });
  }
}
