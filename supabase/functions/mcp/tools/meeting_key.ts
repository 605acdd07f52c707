import { encodeBase64Url } from "@shared/std/encoding.ts";

/**
 * The id of the meeting that a user asks for with these arguments: the same for the same arguments, in whatever order
 * their fields are, so a call that is repeated makes no second meeting.
 */
export async function meetingKey(user_id: string, request: unknown): Promise<string> {
  const text = JSON.stringify([user_id, sorted(request)]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `mcp-${encodeBase64Url(new Uint8Array(digest).slice(0, 18))}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== undefined)
      .sort(([one], [other]) => one < other ? -1 : 1)
      .map(([name, field]) => [name, sorted(field)]),
  );
}
