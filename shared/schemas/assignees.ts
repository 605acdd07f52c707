import * as z from "zod/mini";
import { EMAIL, listOf, text } from "./fields.ts";
import { LIMITS } from "./limits.ts";

const PERSON = z.strictObject({
  email: EMAIL,
  name: z.optional(text(LIMITS.name_characters)),
  optional: z.optional(z.boolean()),
});

const USER = z.strictObject({ user_id: z.guid("Expected a user id (UUID)") });

/** A person who does a task with its user, by address. */
export type Assignee = z.output<typeof PERSON>;

/** How a request or a task names such a person. */
export type GivenAssignee = string | Assignee | z.output<typeof USER>;

/** Who does a task with its user: addresses, {email, name, optional}, or {user_id} (private.assignees_problem). */
export const ASSIGNEES = listOf(
  z.union(
    [EMAIL, PERSON, USER],
    "Expected an e-mail address, {email, name, optional} or {user_id}",
  ),
  LIMITS.attendees,
  "assignees",
);

/** The same with the addresses of users, as an event invites them. */
export const INVITED_ASSIGNEES = listOf(PERSON, LIMITS.attendees, "assignees");
