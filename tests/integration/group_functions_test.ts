import assert from "node:assert/strict";
import fc from "../unit/fast_check.ts";
import { firstIssue } from "@shared/failures/issues.ts";
import { PARTICIPANTS } from "@shared/schemas/participants.ts";
import { keepChoices, membersOf, peopleOf, withChoices } from "@shared/schemas/people.ts";
import { promise } from "../support/stack.ts";

const email = fc.integer({ min: 0, max: 7 })
  .chain((i) => fc.constantFrom(`p${i}@north.example`, `P${i}@North.example`));

const member = fc.oneof(
  { weight: 4, arbitrary: email },
  { weight: 2, arbitrary: fc.record({ email, name: fc.constant("Ana") }) },
  {
    weight: 1,
    arbitrary: fc.record({
      email,
      type: fc.constantFrom("resource", "required", "optional"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ email, is_required: fc.boolean() }) },
);

const group = fc.record({
  any_of: fc.oneof(
    { weight: 20, arbitrary: fc.array(member, { maxLength: 4 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<unknown>(["no address"], [{ email: 5 }], {}, "p1@north.example"),
    },
  ),
  count: fc.constantFrom<unknown>(1, 1, 1, 2, 2, 3, 0, 101, 1.5, "1"),
  type: fc.constantFrom("required", "optional", "resource", "room"),
  chosen: fc.array(email, { maxLength: 2 }),
  name: fc.constant("a group"),
}, { requiredKeys: ["any_of"] });

const participants = fc.array(fc.oneof(member, group, group), { minLength: 1, maxLength: 4 });

/** Lists without a problem: eight addresses, alone or in groups of up to three. */
const valid = fc.tuple(
  fc.shuffledSubarray(Array.from({ length: 8 }, (_, i) => `P${i}@north.example`), { minLength: 3 }),
  fc.array(
    fc.record({
      size: fc.integer({ min: 0, max: 3 }),
      count: fc.integer({ min: 1, max: 3 }),
      type: fc.constantFrom("required", "optional", "resource", undefined),
      chosen: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
    }),
    { minLength: 8, maxLength: 8 },
  ),
).map(([emails, shapes]) => {
  const left = [...emails];
  return shapes.flatMap(({ size, count, type, chosen }): unknown[] => {
    const [first, ...others] = left.splice(0, Math.max(1, size));
    if (first === undefined) return [];
    if (size === 0) return [first];
    const any_of = [{ email: first, name: "Ana" }, ...others];
    const most = Math.min(count, any_of.length);
    return [{
      any_of,
      count: most,
      ...(type === undefined ? {} : { type }),
      ...(chosen === undefined
        ? {}
        : { chosen: [first, ...others].slice(-chosen).slice(0, Math.min(chosen, most)) }),
    }];
  });
});

promise("groups in the database and in the functions", {
  "the same lists are refused for the same reason at the same path": async (stack) => {
    const lists = fc.sample(participants, { numRuns: 1_500, seed: 3 });
    const found = await stack.platform.sql<{ problem: unknown }>(
      `select private.shape_problem(list.value, private.meeting_shapes() -> 'participants', 'participants') as problem
         from jsonb_array_elements($1::jsonb) with ordinality as list (value, place) order by place`,
      [JSON.stringify(lists)],
    );
    const messages = new Set<string>();
    for (const [i, list] of lists.entries()) {
      const parsed = PARTICIPANTS.safeParse(list);
      const issue = parsed.success ? null : firstIssue(parsed.error);
      const expected = issue === null ? null : {
        path: `participants${issue.path === "body" ? "" : issue.path}`,
        message: issue.message,
      };
      assert.deepEqual(found[i]!.problem, expected, JSON.stringify(list));
      messages.add(expected?.message ?? "none");
    }
    assert.ok(messages.size >= 9, [...messages].join("\n"));
  },

  "the people of a meeting, all whom it names, and kept and new choices are the same": async (
    stack,
  ) => {
    const lists = fc.sample(fc.tuple(valid, valid), { numRuns: 500, seed: 5 })
      .map(([after, before]) => ({
        after: PARTICIPANTS.parse(after),
        before: PARTICIPANTS.parse(before),
      }));
    const choices = [{ index: 1, chosen: ["p1@north.example"] }, { index: 0, chosen: [] }];
    const found = await stack.platform.sql<Record<string, unknown>>(
      `select
         private.meeting_people(pair.value -> 'after') as people,
         array(select private.item_email(named) from private.named_people(pair.value -> 'after') as named) as named,
         private.keep_choices(pair.value -> 'after', pair.value -> 'before') as kept,
         private.with_choices(pair.value -> 'after', $2::jsonb) as chosen
       from jsonb_array_elements($1::jsonb) with ordinality as pair (value, place) order by place`,
      [JSON.stringify(lists), JSON.stringify(choices)],
    );
    let with_people = 0;
    for (const [i, { after, before }] of lists.entries()) {
      const people = peopleOf(after);
      assert.deepEqual(found[i], {
        people,
        named: after.flatMap(membersOf).map((one) => one.email.toLowerCase()),
        kept: keepChoices(after, peopleOf(before)),
        chosen: withChoices(after, choices),
      }, JSON.stringify(after));
      if (people.length > 1 && after.some((entry) => "any_of" in entry)) with_people++;
    }
    assert.ok(with_people > 100, `${with_people} lists`);
  },

  "people of lists as they are inserted by SQL, with addresses alone": async (stack) => {
    const list = ["a@north.example", {
      any_of: ["b@north.example", "C@north.example"],
      chosen: ["c@north.example"],
    }];
    const [row] = await stack.platform.sql<{ emails: string[]; people: unknown }>(
      `select array(select private.participant_emails($1::jsonb)) as emails, private.meeting_people($1::jsonb) as people`,
      [JSON.stringify(list)],
    );
    assert.deepEqual(row?.emails, ["a@north.example", "c@north.example"]);
    assert.deepEqual(row?.people, [
      "a@north.example",
      { email: "C@north.example", type: "required" },
    ]);
  },
}, { functions: "none" });
