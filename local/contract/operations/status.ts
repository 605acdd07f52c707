import * as z from "zod/mini";
import { STATUS_QUERY } from "../../../supabase/functions/status/request.ts";
import { json, plainErrors } from "../operation.ts";
import type { Operation } from "../operation.ts";
import { MEETING_PAGE, MEETING_STATE } from "../responses/meetings.ts";
import { HEALTH } from "../responses/operations.ts";
import { ANY_OBJECT } from "../responses/values.ts";

const CACHED = {
  "Cache-Control": "How long caches may keep it.",
  "ETag": "Differs whenever the document does.",
};

/** A query with any field is refused. */
const NO_FIELDS = z.strictObject({});

export const STATUS_OPERATIONS: readonly Operation[] = [
  {
    method: "GET",
    path: "/status",
    id: "status",
    summary: "Returns the state of one meeting, or without meeting_id a page of meetings.",
    callers: ["user", "key"],
    query: STATUS_QUERY,
    successes: { 200: json("The meeting, or a page.", MEETING_STATE, MEETING_PAGE) },
    errors: [plainErrors("meeting_not_found")],
  },
  {
    method: "GET",
    path: "/status/health",
    id: "health",
    summary: "Returns whether Convene works, and what to do.",
    callers: ["key"],
    query: NO_FIELDS,
    successes: { 200: json("Every check.", HEALTH) },
    errors: [],
  },
  {
    method: "GET",
    path: "/status/metrics",
    id: "metrics",
    summary: "Returns the same for Prometheus.",
    callers: ["key"],
    query: NO_FIELDS,
    successes: {
      200: {
        description: "Prometheus' text format.",
        content: { "text/plain": [z.string()] },
      },
    },
    errors: [],
  },
  {
    method: "GET",
    path: "/status/openapi.json",
    id: "contract",
    summary: "Returns this document. Needs no credentials.",
    callers: [],
    successes: {
      200: { ...json("The document.", ANY_OBJECT), headers: CACHED },
      304: { description: "The caller has it (If-None-Match).", headers: CACHED },
    },
    errors: [],
  },
];
