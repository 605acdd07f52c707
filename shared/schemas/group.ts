import * as z from "zod/mini";
import { EMAIL, listOf, text, wholeNumber } from "./fields.ts";
import { ofKind } from "./kinds.ts";
import { LIMITS } from "./limits.ts";
import { asParticipant, PARTICIPANT_INPUT, saysType } from "./participant.ts";
import type { MeetingGroup } from "./people.ts";

const COUNT = `Expected a whole number from 1 to ${LIMITS.group_count}`;

const GIVEN = z.strictObject({
  any_of: z.array(PARTICIPANT_INPUT).check(
    z.minLength(1, "Expected at least one member"),
    z.maxLength(LIMITS.group_members, `Expected at most ${LIMITS.group_members} members`),
  ),
  count: z.optional(wholeNumber(1, LIMITS.group_count, COUNT)),
  name: z.optional(text(LIMITS.name_characters)),
  type: z.optional(z.enum(["required", "optional", "resource"])),
  chosen: z.optional(listOf(EMAIL, LIMITS.group_count, "members")),
});

type Given = z.output<typeof GIVEN>;

/**
 * People or rooms of whom any `count` (1) take part. `type` resource, on the group or on all of its members: they are
 * rooms. Required: the meeting needs `count` of them; optional: as many as can, up to `count`.
 */
export const GROUP = z.pipe(
  ofKind(
    { whole: "group" },
    GIVEN.check(z.superRefine((given, context) => {
      const problem = groupProblem(given);
      if (problem !== null) context.addIssue({ code: "custom", input: given, ...problem });
    })),
  ),
  z.transform(asGroup),
);

function asGroup(given: Given): MeetingGroup {
  const { any_of, count = 1, name, chosen } = given;
  const type = typeOf(given);
  return {
    any_of: any_of.map((member) => ({ ...asParticipant(member), type })),
    count,
    ...(name === undefined ? {} : { name }),
    type,
    ...(chosen === undefined ? {} : { chosen }),
  };
}

function typeOf({ any_of, type }: Given): MeetingGroup["type"] {
  const are_rooms = any_of.every((member) => asParticipant(member).type === "resource");
  return type ?? (are_rooms ? "resource" : "required");
}

/** The first thing wrong with a group as a whole; the database finds the same (private.group_problem). */
function groupProblem(given: Given): { path: PropertyKey[]; message: string } | null {
  const { any_of, count = 1, chosen = [] } = given;
  const type = typeOf(given);
  const at = (path: PropertyKey[], message: string) => ({ path, message });
  const stranger = any_of.findIndex((member) =>
    saysType(member) && asParticipant(member).type !== type
  );
  if (stranger !== -1) {
    return at(
      ["any_of", stranger, "type"],
      "Expected members that are all people or all rooms; name the type of the group on the group",
    );
  }
  if (count > any_of.length) {
    return at(["count"], `Expected at most the number of members, ${any_of.length}`);
  }
  const emails = new Set(any_of.map((member) => asParticipant(member).email.toLowerCase()));
  const unknown = chosen.findIndex((email) => !emails.has(email.toLowerCase()));
  if (unknown !== -1) return at(["chosen", unknown], "Expected the address of a member (any_of)");
  if (new Set(chosen.map((email) => email.toLowerCase())).size > count) {
    return at(["chosen"], `Expected at most as many members as count, ${count}`);
  }
  return null;
}
