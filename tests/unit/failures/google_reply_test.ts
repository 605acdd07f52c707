import assert from "node:assert/strict";
import { classify } from "@shared/failures/google_reply.ts";
import type { GoogleFailure, RequestKind } from "@shared/failures/google_reply.ts";

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
  [403, "userRateLimitExceeded", "defer connection 30"],
  [403, "rateLimitExceeded", "defer connection 30"],
  [429, "rateLimitExceeded", "defer connection 30"],
  [429, "somethingNew", "defer connection 30"],
  [403, "forbiddenForNonOrganizer", "reject"],
  [403, "requiredAccessLevel", "reject"],
  [403, "insufficientPermissions", "reconnect"],
  [403, "accessNotConfigured", "reject"],
  [403, "forbidden", "reject"],
  [403, "forbiddenForServiceAccounts", "reject"],
  [403, "somethingNew", "reject"],
  [404, "notFound", "reject"],
  [409, "duplicate", "reject"],
  [409, "conflict", "retry"],
  [410, "fullSyncRequired", "reject"],
  [410, "updatedMinTooLongAgo", "reject"],
  [410, "deleted", "reject"],
  [412, "conditionNotMet", "reject"],
  [418, "somethingNew", "reject"],
];

function verdict(failure: GoogleFailure): string {
  const { verdict, pause, not_before_seconds } = {
    pause: undefined,
    not_before_seconds: null,
    ...failure,
  };
  return [verdict, pause, not_before_seconds ?? undefined].filter((part) => part !== undefined)
    .join(" ");
}

for (const [status, reason, expected] of SAME_FOR_READ_AND_WRITE) {
  Deno.test(`classify() makes ${expected} of ${status} ${reason}, read or write`, () => {
    for (const kind of ["read", "write"] as const) {
      const failure = judge(kind, status, reason);
      assert.equal(verdict(failure), expected);
      assert.equal(failure.google.status, status);
      assert.equal(failure.google.reason, reason);
      assert.equal(failure.google.message, `About ${reason}`);
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
      assert.equal(verdict(failure), `defer everybody ${seconds}`, date);
    }
  }
  const undated = judge("write", 403, "dailyLimitExceeded");
  assert.ok(undated.verdict === "defer" && undated.pause === "everybody");
  assert.ok((undated.not_before_seconds ?? 0) > 0);
  assert.ok((undated.not_before_seconds ?? Infinity) <= 25 * 3600);
});

Deno.test("classify() pauses an account's writes for hours after an invitation limit, and all its requests where reading met one", () => {
  for (const status of [403, 429]) {
    assert.equal(verdict(judge("write", status, "quotaExceeded")), "defer writes 21600");
    assert.equal(verdict(judge("read", status, "quotaExceeded")), "defer connection 21600");
  }
});

Deno.test("classify() waits on every 403 and 429 of the domain usageLimits, whatever its reason", () => {
  const usage = (status: number, reason: string) => {
    const error = { code: status, errors: [{ domain: "usageLimits", reason, message: "No." }] };
    return classify("write", status, { error }, new Headers());
  };
  for (const status of [403, 429]) {
    for (const reason of ["limitOfTomorrow", "variableTermLimitExceeded"]) {
      const failure = usage(status, reason);
      assert.equal(verdict(failure), "defer connection 30");
      assert.equal(failure.code, "rate_limited");
      assert.equal(failure.google.domain, "usageLimits");
    }
  }
  assert.equal(verdict(usage(403, "accessNotConfigured")), "reject");
});

Deno.test("classify() asks a read again after a server error, and doubts a write", () => {
  for (const status of [408, 500, 502, 503, 504, 599]) {
    assert.equal(verdict(judge("read", status, "backendError")), "retry");
    assert.equal(verdict(judge("write", status, "backendError")), "unknown");
    // Not even a rate limit proves that a write took no effect if it comes with a 5xx.
    assert.equal(verdict(judge("write", status, "rateLimitExceeded")), "unknown");
  }
});

Deno.test("classify() keeps the status of a front end's HTML page and shows its start", () => {
  const page = `<html><title>Error 502 (Server Error)!!1</title>${"x".repeat(2000)}</html>`;
  const read = classify("read", 502, page, new Headers({ "content-type": "text/html" }));
  assert.equal(verdict(read), "retry");
  assert.equal(read.google.reason, "http_502");
  assert.equal(read.google.status, 502);
  assert.ok(read.google.body.startsWith("<html><title>Error 502"));
  assert.equal(read.google.body.length, 500);
  assert.equal(classify("write", 502, page, new Headers()).verdict, "unknown");
  assert.equal(classify("write", 404, page, new Headers()).google.reason, "http_404");
});

Deno.test("classify() copes with answers of any shape", () => {
  for (const body of [null, "", 7, [], {}, { error: "flat" }, { error: { code: 403 } }]) {
    const failure = classify("write", 403, body, new Headers());
    assert.equal(failure.verdict, "reject");
    assert.equal(failure.google.reason, "http_403");
    assert.notEqual(failure.google.message, "");
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
  assert.equal(failure.verdict, "reconnect");
  assert.equal(failure.google.reason, "insufficientPermissions");
});

Deno.test("classify() honours Retry-After on a retry and ignores it elsewhere", () => {
  const after = (value: string, date?: string) =>
    judge("read", 429, "rateLimitExceeded", {
      "retry-after": value,
      ...(date === undefined ? {} : { date }),
    });
  assert.equal(verdict(after("120")), "defer connection 120");
  assert.equal(verdict(after("0")), "defer connection 0");
  assert.equal(
    verdict(after("Fri, 20 Nov 2026 10:01:30 GMT", "Fri, 20 Nov 2026 10:00:00 GMT")),
    "defer connection 90",
  );
  for (const nonsense of ["soon", "-5", "Fri, 20 Nov 2026 10:01:30 GMT"]) {
    assert.equal(verdict(after(nonsense)), "defer connection 30");
  }
  assert.equal(verdict(after("99999999")), "defer connection 86400");
  assert.equal(
    verdict(judge("read", 503, "backendError", { "retry-after": "7" })),
    "retry 7",
  );
  assert.equal(verdict(judge("write", 503, "backendError", { "retry-after": "7" })), "unknown");
});
