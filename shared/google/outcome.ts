import type { GoogleFailure } from "@shared/failures/google_reply.ts";

/** The result of one request to Google. Requests never throw for anything Google or the network does. */
export type GoogleOutcome<T> = { verdict: "done"; status: number; value: T } | GoogleFailure;
