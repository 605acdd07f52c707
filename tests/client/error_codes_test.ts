import assert from "node:assert/strict";
import { CODES } from "@shared/failures/codes.ts";
import type { ResponseCode } from "@shared/failures/codes.ts";
import { RESPONSE_CODES } from "@shared/failures/response_codes.ts";
import { ERROR_STATUS, isServerErrorCode, readError } from "../../client/mod.ts";
import type { ClientErrorCode, ConveneError, ServerErrorCode } from "../../client/mod.ts";
import { oneOf } from "./same_type.ts";

Deno.test("the client has every error code of the functions with its status, and no other", () => {
  oneOf<ResponseCode, ServerErrorCode>(true);
  const statuses = Object.fromEntries(
    Object.entries(RESPONSE_CODES).map(([code, { status }]) => [code, status]),
  );
  assert.deepEqual({ ...ERROR_STATUS }, statuses);
});

Deno.test("the client's own codes are no codes of the functions", () => {
  const own: Record<ClientErrorCode, true> = {
    unreachable: true,
    unexpected_response: true,
    pending: true,
    database_refused: true,
  };
  for (const code of Object.keys(own)) assert.ok(!Object.hasOwn(CODES, code), code);
});

Deno.test("isServerErrorCode() does not take what every object has for a code", () => {
  assert.equal(isServerErrorCode("no_slot"), true);
  for (const text of ["", "toString", "__proto__", "invalid_grant"]) {
    assert.equal(isServerErrorCode(text), false, text);
  }
});

Deno.test("readError() returns code, message, status, details and the time to wait", async () => {
  const body = {
    error: "limit_reached",
    message: "The limit is reached.",
    status: 429,
    details: { limit: "searches_per_minute", allowed: 3 },
  };
  const error = await readError(httpError(body, 429, { "retry-after": "17" }));
  assert.deepEqual(error, {
    code: "limit_reached",
    message: "The limit is reached.",
    status: 429,
    details: { limit: "searches_per_minute", allowed: 3 },
    retry_after_seconds: 17,
  });
  // What a reader of the union may do without a cast.
  if (error.code === "limit_reached") assert.equal(error.details.allowed, 3);
  const without = await readError(httpError({ error: "busy", message: "Busy." }, 503));
  assert.deepEqual([without.details, without.retry_after_seconds], [{}, null]);
});

Deno.test("readError() names what is no response of Convene, and keeps it", async () => {
  const newer = await readError(httpError({ error: "on_fire", message: "It burns." }, 418));
  assert.deepEqual(about(newer), ["unexpected_response", "It burns.", 418]);
  assert.equal(newer.details.code, "on_fire");
  const html = await readError(
    { context: new Response("<h1>Bad gateway</h1>", { status: 502 }) },
  );
  assert.equal(html.code, "unexpected_response");
  assert.match(html.message, /502/);
  assert.equal(html.details.body, "<h1>Bad gateway</h1>");
});

Deno.test("readError() says that nothing is known where no response arrived", async () => {
  const error = await readError({
    message: "Failed to send a request to the Edge Function",
    context: new TypeError("connection refused"),
  });
  assert.equal(error.code, "unreachable");
  assert.equal(error.status, null);
  assert.match(error.message, /connection refused.*unknown/);
});

function httpError(body: unknown, status: number, headers: Record<string, string> = {}) {
  return { context: new Response(JSON.stringify(body), { status, headers }) };
}

function about({ code, message, status }: ConveneError) {
  return [code, message, status];
}
