import * as z from "zod/mini";
import { hasField, readBody, validate } from "@shared/http/request.ts";
import { json } from "@shared/http/respond.ts";
import { SEND_UPDATES } from "@shared/tracking/change_request.ts";
import { deleteEvent } from "@shared/tracking/delete_event.ts";
import { requireUser } from "./answers.ts";
import type { Route } from "./handler.ts";

const ID = z.string().check(z.minLength(1), z.maxLength(1024));

const REQUEST = z.strictObject({
  event_id: ID,
  calendar_id: z.optional(ID),
  sendUpdates: z.optional(SEND_UPDATES),
  user_id: z.optional(z.uuid("Expected a user's id")),
});

/** DELETE, named in the query or in the body: the event goes, its row stays. */
export const removeEvent: Route = async (dependencies, request, caller_id) => {
  const query = Object.fromEntries(new URL(request.url).searchParams);
  const given = hasField(query, "event_id") ? query : await readBody(request);
  const { user_id, ...deletion } = validate(given, REQUEST);
  const { already_deleted } = await deleteEvent(
    dependencies,
    requireUser(caller_id, user_id),
    deletion,
  );
  return json({ success: true, event_id: deletion.event_id, already_deleted });
};
