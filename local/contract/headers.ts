import { REQUEST_ID_HEADER } from "@shared/http/request_id.ts";

/** `components.headers.RequestId` */
export const REQUEST_ID = {
  description:
    "The id of the request, which is in the log and in the ledger: the caller's own where it sent one (a UUID).",
  required: true,
  schema: { type: "string", format: "uuid" },
};

/** Headers that every response has. */
export const HEADERS_OF_ALL = {
  [REQUEST_ID_HEADER]: { $ref: "#/components/headers/RequestId" },
};
