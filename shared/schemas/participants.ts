import * as z from "zod/mini";
import { EMAIL } from "./fields.ts";
import { GROUP } from "./group.ts";
import { withJsonSchema } from "./json_schema.ts";
import { ofKind } from "./kinds.ts";
import { LIMITS } from "./limits.ts";
import { reportIssues } from "./nested_issues.ts";
import { asParticipant, PARTICIPANT_INPUT } from "./participant.ts";
import { isGroup, membersOf, peopleOf } from "./people.ts";
import type { ParticipantEntry } from "./people.ts";

const PARTICIPANT = z.pipe(PARTICIPANT_INPUT, z.transform(asParticipant));

/** Which of the two is meant shows in one field; a union would report a problem of the wrong one. */
const ENTRY = ofKind(
  { type: "entry", schemas: { person: PARTICIPANT_INPUT, group: GROUP } },
  withJsonSchema(
    z.pipe(
      z.unknown(),
      z.transform((value, context): ParticipantEntry => {
        const names_group = typeof value === "object" && value !== null && "any_of" in value;
        const parsed = names_group ? GROUP.safeParse(value) : PARTICIPANT.safeParse(value);
        if (parsed.success) return parsed.data;
        reportIssues(context, parsed.error, value);
        return z.NEVER;
      }),
    ),
    z.union([...PARTICIPANT_INPUT._zod.def.options, GROUP]),
  ),
);

const some = <T>(item: z.ZodMiniType<T>) =>
  z.array(item).check(
    z.minLength(1, "Expected at least one participant"),
    // Google stops propagating replies above this many guests.
    z.maxLength(LIMITS.participants, `Expected at most ${LIMITS.participants} participants`),
  );

/**
 * Who takes part: e-mail addresses, objects, and groups, 1 to 200. `is_required: false` is another spelling
 * of `type: "optional"`, the origin's `calendar_summary`
 * one of timezone, busy and preferences. A person who is named twice takes part once, as first named; a member of a group
 * is named nowhere else.
 */
export const PARTICIPANTS = z.pipe(
  ofKind(
    { whole: "participants" },
    some(ENTRY).check(
      z.refine(
        (entries) => busyIntervals(entries) <= LIMITS.busy_intervals,
        `Expected at most ${LIMITS.busy_intervals} busy intervals of all participants together`,
      ),
      z.superRefine((entries, context) => {
        const problem = groupsProblem(entries);
        if (problem !== null) context.addIssue({ code: "custom", input: entries, ...problem });
      }),
    ),
  ),
  z.transform(withoutRepetitions),
);

/** Who is invited: participants, and the members who are chosen of groups. */
export const PEOPLE = z.pipe(PARTICIPANTS, z.transform((entries) => peopleOf(entries)));

/** The same as plain addresses; all participants are required. */
export const PARTICIPANT_EMAILS = z.pipe(
  some(EMAIL),
  z.transform((emails) =>
    withoutRepetitions(emails.map((email): ParticipantEntry => ({ email, type: "required" })))
  ),
);

function busyIntervals(entries: readonly ParticipantEntry[]): number {
  return entries.flatMap(membersOf).reduce((sum, { busy }) => sum + (busy?.length ?? 0), 0);
}

/** What is wrong with groups beside the others of the list (private.groups_problem). */
function groupsProblem(
  entries: readonly ParticipantEntry[],
): { path: PropertyKey[]; message: string } | null {
  const groups = entries.filter(isGroup);
  if (groups.length === 0) return null;
  const alone = entries.length - groups.length;
  const invited = groups.reduce((sum, { count }) => sum + count, alone);
  if (invited > LIMITS.participants) {
    return { path: [], message: `Expected at most ${LIMITS.participants} participants` };
  }
  const searched = groups.reduce((sum, { any_of }) => sum + any_of.length, alone);
  if (searched > LIMITS.searched_people) {
    return {
      path: [],
      message: `Expected at most ${LIMITS.searched_people} participants and members of groups`,
    };
  }
  const named = new Set(
    entries.flatMap((entry) => isGroup(entry) ? [] : [entry.email.toLowerCase()]),
  );
  for (const [i, entry] of entries.entries()) {
    if (!isGroup(entry)) continue;
    for (const [j, { email }] of entry.any_of.entries()) {
      const key = email.toLowerCase();
      if (named.has(key)) {
        return {
          path: [i, "any_of", j],
          message: "Expected an address that participants name once",
        };
      }
      named.add(key);
    }
  }
  return null;
}

function withoutRepetitions(entries: ParticipantEntry[]): ParticipantEntry[] {
  const named = new Set<string>();
  return entries.filter((entry) => {
    if (isGroup(entry)) return true;
    const key = entry.email.toLowerCase();
    if (named.has(key)) return false;
    named.add(key);
    return true;
  });
}
