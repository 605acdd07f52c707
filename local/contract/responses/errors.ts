import * as z from "zod/mini";

import type { FailureCode, ResponseCode } from "@shared/failures/codes.ts";
import { REASONS } from "@shared/failures/reasons.ts";
import { RESPONSE_CODES } from "@shared/failures/response_codes.ts";
import { component, described } from "../components.ts";
import { COUNT } from "./values.ts";

export const ALL_CODES = Object.keys(RESPONSE_CODES) as ResponseCode[];

/** The code of an error response. */
export const CODE = component(
  "ErrorCode",
  z.enum(ALL_CODES),
  "docs/errors.md says what happened and what to do.",
);

/** The code of what failed, which may be narrower than the one of an error response. */
export const FAILURE_CODE = component(
  "FailureCode",
  z.enum([...ALL_CODES, ...Object.keys(REASONS) as FailureCode[]]),
  "A code of an error response, or a narrower one.",
);

const DETAILS = component(
  "ErrorDetails",
  z.looseObject({
    path: described(z.optional(z.string()), "The field that is wrong, e.g. participants[3].email."),
    reason: described(z.optional(z.string()), "A narrower code, or Google's own reason."),
    meeting_id: z.optional(z.string()),
    limit: described(z.optional(z.string()), "The name of a setting or limit."),
    allowed: z.optional(z.number()),
    most: z.optional(COUNT),
    max_bytes: z.optional(COUNT),
    version: described(z.optional(COUNT), "The current version."),
    organizer_email: z.optional(z.nullable(z.string())),
    missing_scopes: z.optional(z.array(z.string())),
    fields: described(z.optional(z.array(z.string())), "Fields that Google does not let change."),
  }),
  "What is wrong and where; further fields depend on the code (docs/errors.md).",
);

/** The fields of every error response. */
export const ERROR_FIELDS = {
  error: CODE,
  message: described(z.string(), "What is wrong, where, and what to do."),
  status: described(COUNT, "The HTTP status of the response."),
  details: z.optional(DETAILS),
};

export const ERROR = component("Error", z.strictObject(ERROR_FIELDS), "An error response.");
