import { GoogleError } from "../contract/google_error.ts";
import { randomId } from "../world/random_id.ts";
import type { HttpReply, HttpRequest } from "./http_reply.ts";

export const batch_path = "/batch/calendar/v3";

/** Google's limit of calls in one batch. */
const most_calls = 1000;

interface Part {
  content_id: string | null;
  request: HttpRequest;
}

/** A batch: the calls that its parts are, each answered in a part of its own, inside one 200. They share nothing but
 * the outer headers; Google promises no order and makes none of it undone when another fails. */
export function batchReply(
  request: HttpRequest,
  answer: (call: HttpRequest) => HttpReply,
): HttpReply {
  const parts = readParts(request);
  if (parts.length > most_calls) {
    throw new GoogleError("badRequest", {
      message: `The batch request exceeds the maximum number of calls: ${most_calls}.`,
    });
  }
  const boundary = `batch_${randomId(32)}`;
  const answers = parts.map(({ content_id, request: call }) => {
    const reply = answer(call);
    return [
      `--${boundary}`,
      "Content-Type: application/http",
      ...(content_id === null ? [] : [`Content-ID: ${responseId(content_id)}`]),
      "",
      `HTTP/1.1 ${reply.status}`,
      ...Object.entries(reply.headers).map(([name, value]) => `${name}: ${value}`),
      "",
      reply.body ?? "",
    ].join("\r\n");
  });
  return {
    status: 200,
    headers: { "content-type": `multipart/mixed; boundary=${boundary}` },
    body: `${[...answers, `--${boundary}--`].join("\r\n")}\r\n`,
  };
}

/** `<item1>` is answered as `<response-item1>`. */
function responseId(content_id: string): string {
  return content_id.startsWith("<") ? `<response-${content_id.slice(1)}` : `response-${content_id}`;
}

function readParts(request: HttpRequest): Part[] {
  const type = request.headers["content-type"] ?? "";
  const match = /^multipart\/mixed\s*;.*\bboundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type);
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined) {
    throw new GoogleError("badRequest", { message: "Missing multipart boundary." });
  }
  const pieces = request.body.split(
    new RegExp(`(?:^|\\r?\\n)--${escaped(boundary)}(?:--)?[ \\t]*\\r?\\n?`),
  );
  return pieces.slice(1).filter((piece) => piece.trim() !== "").map((piece) =>
    readPart(piece, request)
  );
}

function readPart(piece: string, outer: HttpRequest): Part {
  const [part_head, call] = split(piece);
  const [call_head, body] = split(call.replace(/^(\r?\n)+/, ""));
  const [line = "", ...header_lines] = call_head.split(/\r?\n/);
  const match = /^([A-Z]+) (\/\S*)( HTTP\/1\.[01])?$/.exec(line.trim());
  if (match === null) {
    // Google takes paths only: all parts are calls of the API that the batch is for.
    throw new GoogleError("badRequest", { message: `Failed to parse batch part: ${line}` });
  }
  const [, method = "", target = ""] = match;
  return {
    content_id: readHeaders(part_head.split(/\r?\n/))["content-id"] ?? null,
    request: {
      method,
      url: new URL(target, outer.url),
      headers: { authorization: outer.headers["authorization"], ...readHeaders(header_lines) },
      body: body.trimEnd(),
    },
  };
}

/** What is before the first empty line, and what is after it. */
function split(text: string): [head: string, rest: string] {
  const match = /\r?\n\r?\n/.exec(text);
  return match === null
    ? [text, ""]
    : [text.slice(0, match.index), text.slice(match.index + match[0].length)];
}

function readHeaders(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(lines.flatMap((line) => {
    const at = line.indexOf(":");
    return at < 1 ? [] : [[line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()]];
  }));
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
