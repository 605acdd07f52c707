import * as z from "zod/mini";
import { batchOf, MEETING_ID } from "@shared/schemas/webhook.ts";

/** More than one call processes; `remaining` in the response is the number of rows left. */
export const WRITE_BATCH = batchOf(1000);

/** The body of POST, and the query of GET. */
export const ONE_MEETING = z.strictObject({ meeting_id: MEETING_ID });
