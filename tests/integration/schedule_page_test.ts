import assert from "node:assert/strict";
import { MONDAY, WEEK } from "../support/meetings.ts";
import { tableRows } from "../support/page_tables.ts";
import { promise, type Stack } from "../support/stack.ts";

const PAGE = await Deno.readTextFile(new URL("../../docs/schedule.md", import.meta.url));

/** Fields of Google, fields that differ between reasons, and repeated fields. */
const NOT_OURS =
  /^(google_request|details|candidates\[\]\.reasons\[\]\.args|conceded_candidates\[\]\.concessions)(\.|\[)/;

const ON_SECOND_MONDAY = [{ start: "2035-01-15T00:00:00Z", end: "2035-01-16T00:00:00Z" }];

promise("docs/schedule.md", {
  "the page has every field of the response of schedule, and no other": async (stack) => {
    const answers = await answersOf(stack);
    const given = new Set(
      answers.flatMap((answer) => pathsOf(answer)).filter((path) => !NOT_OURS.test(path)),
    );
    const told = new Set(tableRows(PAGE, "The response").flatMap(({ paths }) => paths));
    assert.deepEqual([...given].toSorted(), [...told].toSorted());
  },
});

/** A series found, a refusal with concessions, alternatives, and a warning: together they have every field. */
async function answersOf(stack: Stack): Promise<unknown[]> {
  const organizer = await stack.organizer();
  const preferences = { preferred_hours_start: 9, preferred_hours_end: 10 };
  const found = await organizer.call("schedule", {
    body: {
      dry_run: true,
      participants: [
        { email: organizer.email, busy: [] },
        {
          email: "ben@south.example",
          name: "Ben",
          preferences,
          busy: ON_SECOND_MONDAY,
        },
        // Five of those who miss an occurrence are named, and the others counted.
        ...["a", "b", "c", "d", "e"].map((name) => ({
          email: `${name}@south.example`,
          busy: ON_SECOND_MONDAY,
        })),
        { any_of: [{ email: "oak@south.example", type: "resource", busy: [] }], name: "a room" },
      ],
      constraints: { ...WEEK, latest_date: MONDAY, working_hours_start: 15 },
      recurrence: ["RRULE:FREQ=WEEKLY;COUNT=3"],
    },
  });
  assert.equal(found.status, 200, JSON.stringify(found.body));
  const refused = await organizer.call("schedule", {
    body: {
      dry_run: true,
      participants: [
        { email: organizer.email, busy: [] },
        {
          email: "ben@south.example",
          name: "Ben",
          busy: [{ start: `${MONDAY}T09:00:00Z`, end: `${MONDAY}T17:00:00Z` }],
        },
        {
          any_of: [{
            email: "oak@south.example",
            type: "resource",
            busy: [{ start: `${MONDAY}T09:00:00Z`, end: `${MONDAY}T10:00:00Z` }],
          }],
        },
      ],
      constraints: { ...WEEK, latest_date: MONDAY },
    },
  });
  assert.equal(refused.status, 422, JSON.stringify(refused.body));
  const { body: { meeting_id } } = await organizer.call("schedule", {
    body: { participants: [organizer.email], constraints: WEEK },
  });
  const alternatives = await organizer.call("schedule/alternatives", { body: { meeting_id } });
  assert.equal(alternatives.status, 200);
  const guest = await stack.guest({ busy: [[`${MONDAY}T09:00:00Z`, `${MONDAY}T10:00:00Z`]] });
  const warned = await organizer.call("schedule", {
    body: {
      dry_run: true,
      participants: [guest],
      constraints: { ...WEEK, tentative_as_busy: false },
    },
  });
  assert.equal(warned.body.warnings.length, 1, JSON.stringify(warned.body));
  return [found.body, refused.body, alternatives.body, warned.body];
}

/** The paths of all members: `candidates[].score`. A slot has the fields of a candidate wherever it stands. */
function pathsOf(value: unknown, path = ""): string[] {
  const own = path === "" || path.endsWith("[]") ? [] : [asCandidate(path)];
  if (Array.isArray(value)) return [...own, ...value.flatMap((item) => pathsOf(item, `${path}[]`))];
  if (typeof value !== "object" || value === null) return own;
  return [
    ...own,
    ...Object.entries(value).flatMap(([name, member]) =>
      pathsOf(member, path === "" ? name : `${path}.${name}`)
    ),
  ];
}

function asCandidate(path: string): string {
  const inside = /^(selected_slot|conceded_candidates\[\])\.(.*)$/.exec(path);
  if (inside === null) return path;
  const [, slot = "", field = ""] = inside;
  const own = slot === "selected_slot" ? /^timezone$/ : /^conce/;
  return own.test(field) ? path : `candidates[].${field}`;
}
