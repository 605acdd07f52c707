import { isInstant } from "@shared/schemas/fields.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { decodeBase64Url, encodeBase64Url } from "@shared/std/encoding.ts";

/** The last meeting of a page; the next page begins after it. */
export interface PageEnd {
  created_at: string;
  meeting_id: string;
}

/** Opaque to callers: it may name something else tomorrow. */
export function encodeCursor({ created_at, meeting_id }: PageEnd): string {
  return encodeBase64Url(JSON.stringify([created_at, meeting_id]));
}

export function decodeCursor(cursor: string): PageEnd {
  try {
    const parts: unknown = JSON.parse(new TextDecoder().decode(decodeBase64Url(cursor)));
    if (Array.isArray(parts)) {
      const [created_at, meeting_id] = parts as unknown[];
      if (
        typeof created_at === "string" && isInstant(created_at) &&
        typeof meeting_id === "string" && meeting_id.isWellFormed() && !meeting_id.includes("\0")
      ) {
        return { created_at, meeting_id };
      }
    }
  } catch {
    // Neither base64url nor JSON: all the same to the caller.
  }
  throw new HttpFault("invalid_request", "cursor: Expected the next_cursor of an earlier page", {
    path: "cursor",
  });
}
