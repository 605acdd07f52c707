import assert from "node:assert/strict";
import { classify } from "@shared/google/faults.ts";
import type { GoogleFailure, RequestKind } from "@shared/google/outcome.ts";

function envelope(status: number, reason: string): unknown {
  const message = `About ${reason}`;
  return { error: { errors: [{ domain: "global", reason, message }], code: status, message } };
}

function judge(
  kind: RequestKind,
  status: number,
  reason: string,
  headers: Record<string, string> = {},
): GoogleFailure {
  return classify(kind, status, envelope(status, reason), new Headers(headers));
}

const SAME_FOR_READ_AND_WRITE: [status: number, reason: string, verdict: string][] = [
  [400, "timeRangeEmpty", "reject"],
  [400, "timeRangeTooLong", "reject"],
  [400, "invalid", "reject"],
  [400, "required", "reject"],
  [400, "badRequest", "reject"],
  [400, "parseError", "reject"],
  [401, "authError", "reconnect"],
  [401, "required", "reconnect"],
  [403, "userRateLimitExceeded", "retry user 30"],
  [403, "rateLimitExceeded", "retry user 30"],
  [429, "rateLimitExceeded", "retry user 30"],
  [429, "somethingNew", "retry user 30"],
  [403, "quotaExceeded", "retry user 21600"],
  [429, "quotaExceeded", "retry user 21600"],
  [403, "forbiddenForNonOrganizer", "reject"],
  [403, "requiredAccessLevel", "reject"],
  [403, "insufficientPermissions", "reconnect"],
  [403, "accessNotConfigured", "reject"],
  [403, "forbidden", "reject"],
  [403, "forbiddenForServiceAccounts", "reject"],
  [403, "somethingNew", "reject"],
  [404, "notFound", "reject"],
  [409, "duplicate", "reject"],
  [409, "conflict", "retry request"],
  [410, "fullSyncRequired", "reject"],
  [410, "updatedMinTooLongAgo", "reject"],
  [410, "deleted", "reject"],
  [412, "conditionNotMet", "reject"],
  [418, "somethingNew", "reject"],
];

function verdict(failure: GoogleFailure): string {
  if (failure.kind !== "retry") return failure.kind;
  return ["retry", failure.scope, failure.not_before_seconds].filter((part) => part !== undefined)
    .join(" ");
}

for (const [status, reason, expected] of SAME_FOR_READ_AND_WRITE) {
  Deno.test(`classify() makes ${expected} of ${status} ${reason}, read or write`, () => {
    for (const kind of ["read", "write"] as const) {
      const failure = judge(kind, status, reason);
      assert.equal(verdict(failure), expected);
      assert.equal(failure.fault.status, status);
      assert.equal(failure.fault.reason, reason);
      assert.equal(failure.fault.message, `About ${reason}`);
    }
  });
}

Deno.test("classify() waits for Google's next day where a daily limit is used up", () => {
  for (
    const [date, seconds] of [
      ["Fri, 20 Nov 2026 10:00:00 GMT", 79_200],
      ["Sat, 21 Nov 2026 07:59:59 GMT", 1],
      ["Sat, 21 Nov 2026 08:00:00 GMT", 86_400],
      // Clocks are put back and forward there on these days.
      ["Sun, 01 Nov 2026 07:00:00 GMT", 90_000],
      ["Sun, 14 Mar 2027 08:00:00 GMT", 82_800],
    ] as const
  ) {
    for (const status of [403, 429]) {
      const failure = judge("write", status, "dailyLimitExceeded", { date });
      assert.equal(verdict(failure), `retry project ${seconds}`, date);
    }
  }
  const undated = judge("write", 403, "dailyLimitExceeded");
  assert.ok(undated.kind === "retry" && undated.scope === "project");
  assert.ok((undated.not_before_seconds ?? 0) > 0);
  assert.ok((undated.not_before_seconds ?? Infinity) <= 25 * 3600);
});

Deno.test("classify() asks a read again after a server error, and doubts a write", () => {
  for (const status of [408, 500, 502, 503, 504, 599]) {
    assert.equal(verdict(judge("read", status, "backendError")), "retry request");
    assert.equal(verdict(judge("write", status, "backendError")), "unknown");
    // Not even a rate limit proves that a write did not land when it travels on a 5xx.
    assert.equal(verdict(judge("write", status, "rateLimitExceeded")), "unknown");
  }
});

Deno.test("classify() keeps the status of a front end's HTML page and shows its start", () => {
  const page = `<html><title>Error 502 (Server Error)!!1</title>${"x".repeat(2000)}</html>`;
  const read = classify("read", 502, page, new Headers({ "content-type": "text/html" }));
  assert.equal(verdict(read), "retry request");
  assert.equal(read.fault.reason, "http_502");
  assert.equal(read.fault.status, 502);
  assert.ok(read.fault.body.startsWith("<html><title>Error 502"));
  assert.equal(read.fault.body.length, 500);
  assert.equal(classify("write", 502, page, new Headers()).kind, "unknown");
  assert.equal(classify("write", 404, page, new Headers()).fault.reason, "http_404");
});

Deno.test("classify() copes with answers of any shape", () => {
  for (const body of [null, "", 7, [], {}, { error: "flat" }, { error: { code: 403 } }]) {
    const failure = classify("write", 403, body, new Headers());
    assert.equal(failure.kind, "reject");
    assert.equal(failure.fault.reason, "http_403");
    assert.notEqual(failure.fault.message, "");
  }
});

Deno.test("classify() recognises a missing scope by the front end's details alone", () => {
  const body = {
    error: {
      code: 403,
      message: "Request had insufficient authentication scopes.",
      status: "PERMISSION_DENIED",
      details: [{ "@type": "ErrorInfo", reason: "ACCESS_TOKEN_SCOPE_INSUFFICIENT" }],
    },
  };
  const failure = classify("read", 403, body, new Headers());
  assert.equal(failure.kind, "reconnect");
  assert.equal(failure.fault.reason, "insufficientPermissions");
});

Deno.test("classify() honours Retry-After on a retry and ignores it elsewhere", () => {
  const after = (value: string, date?: string) =>
    judge("read", 429, "rateLimitExceeded", {
      "retry-after": value,
      ...(date === undefined ? {} : { date }),
    });
  assert.equal(verdict(after("120")), "retry user 120");
  assert.equal(verdict(after("0")), "retry user 0");
  assert.equal(
    verdict(after("Fri, 20 Nov 2026 10:01:30 GMT", "Fri, 20 Nov 2026 10:00:00 GMT")),
    "retry user 90",
  );
  for (const nonsense of ["soon", "-5", "Fri, 20 Nov 2026 10:01:30 GMT"]) {
    assert.equal(verdict(after(nonsense)), "retry user 30");
  }
  assert.equal(verdict(after("99999999")), "retry user 86400");
  assert.equal(
    verdict(judge("read", 503, "backendError", { "retry-after": "7" })),
    "retry request 7",
  );
  assert.equal(verdict(judge("write", 503, "backendError", { "retry-after": "7" })), "unknown");
});
