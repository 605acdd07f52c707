/**
 * Typed calls of Convene's edge functions with supabase-js.
 *
 * ```ts
 * import { createClient } from "@supabase/supabase-js";
 * import { createConvene } from "@convene/client";
 *
 * const convene = createConvene(createClient(url, publishable_key));
 * const found = await convene.schedule({ participants: ["jane@north.example"] });
 * if (found.ok) console.log(found.data.selected_slot.start_time);
 * else if (found.error.code === "no_common_slot") console.log(found.error.details.suggestion);
 * ```
 *
 * @module
 */
export { createConvene } from "./convene.ts";
export type { Convene, Supabase } from "./convene.ts";
export { readError } from "./call.ts";
export type { CallOptions, Invoked, InvokeOptions, Method, SupabaseFunctions } from "./call.ts";
export type { SupabaseTables } from "./insert_meeting.ts";
export { ERROR_STATUS, isServerErrorCode } from "./errors.ts";
export type * from "./errors.ts";
export type * from "./attendee.ts";
export type * from "./change_responses.ts";
export type * from "./google_connection.ts";
export type * from "./meeting_requests.ts";
export type * from "./meeting_responses.ts";
export type { OperatorCalls } from "./operator.ts";
export type * from "./operator_types.ts";
export type * from "./task_event_types.ts";
export type { TaskEventCalls } from "./task_events.ts";
