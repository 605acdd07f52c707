import assert from "node:assert/strict";
import { ContractCheck } from "../support/contract/check_contract.ts";
import type { ReceivedResponse } from "../support/contract/check_contract.ts";

const check = new ContractCheck(
  JSON.parse(await Deno.readTextFile(new URL("../../docs/openapi.json", import.meta.url))),
);

const BASE = "http://127.0.0.1:1/functions/v1";

const RESCHEDULED = {
  success: true,
  total: 1,
  created: 1,
  updated: 0,
  skipped: 0,
  failed: 0,
};
const TASK = { task_id: "t", status: "created", code: "created", message: "Created." };
const NOT_FOUND = { error: "meeting_not_found", message: "None.", status: 404 };

const ID = { "x-request-id": "6f0c0d5e-0000-4000-8000-000000000001" };

function problem(
  [method, path, sent]: [method: string, path: string, sent?: unknown],
  received: Partial<ReceivedResponse> & { body?: unknown },
): string | null {
  const {
    body,
    status = 200,
    headers = new Headers({ "content-type": "application/json", ...ID }),
  } = received;
  return check.problem(
    {
      method,
      url: new URL(`${BASE}${path}`),
      body: sent === undefined ? null : JSON.stringify(sent),
    },
    { status, headers, text: received.text ?? (body === undefined ? "" : JSON.stringify(body)) },
  );
}

Deno.test("a response that keeps the contract has no problem", () => {
  const request = ["POST", "/task-events/reschedule", { task_ids: ["t"] }] as [
    string,
    string,
    unknown,
  ];
  assert.equal(problem(request, { body: { ...RESCHEDULED, results: [TASK] } }), null);
  const lines = [
    { type: "progress", done: 1, total: 1, result: TASK },
    { type: "summary", ...RESCHEDULED },
  ].map((line) => `${JSON.stringify(line)}\n`).join("");
  const headers = new Headers({ "content-type": "application/x-ndjson", ...ID });
  assert.equal(problem(request, { headers, text: lines }), null);
  assert.equal(
    problem(["GET", "/status?meeting_id=m"], { status: 404, body: NOT_FOUND }),
    null,
  );
  assert.equal(problem(["OPTIONS", "/status"], { status: 204 }), null);
  assert.equal(problem(["GET", "/echo"], { text: "of another function" }), null);
});

Deno.test("a problem names the route, the status and the field", () => {
  const request: [string, string, unknown] = [
    "POST",
    "/task-events/reschedule",
    { task_ids: ["t"] },
  ];
  for (
    const [received, expected] of [
      [
        { body: { ...RESCHEDULED, results: [{ ...TASK, secret: 1 }] } },
        /^POST \/task-events\/reschedule 200: \/results\/0 must NOT have additional properties .*secret/,
      ],
      [{ body: RESCHEDULED }, /200: the body must have required property 'results'/],
      [
        { body: { ...RESCHEDULED, results: [{ ...TASK, status: "lost" }] } },
        /\/results\/0\/status/,
      ],
      [{ body: { ...RESCHEDULED, results: [], total: -1 } }, /\/total must be >= 0/],
      [{ status: 418, body: {} }, /418: the contract has no such status/],
      [{ status: 201, body: {} }, /201: the contract has no such status/],
      [
        { headers: new Headers({ "content-type": "text/html", ...ID }), text: "<p>" },
        /type text\/html/,
      ],
      [{ status: 422, body: { ...NOT_FOUND, status: 422 } }, /422: \/error must be equal to/],
      [{ status: 401, body: { error: "unauthenticated" } }, /401: the body must have required/],
    ] as const
  ) assert.match(problem(request, received) ?? "", expected);
});

Deno.test("a code that a route does not have is a problem, one that it has is none", () => {
  const body = { error: "confirmation_required", message: "Confirm.", status: 409 };
  assert.equal(problem(["PATCH", "/task-events"], { status: 409, body }), null);
  assert.match(problem(["PATCH", "/meetings"], { status: 409, body }) ?? "", /\/error must be/);
});

Deno.test("an accepted request that the contract does not have is a problem", () => {
  const body = { ...RESCHEDULED, results: [TASK] };
  for (
    const [path, sent, expected] of [
      ["/task-events/reschedule", { task_ids: [] }, /accepted the request.*fewer than 1 items/],
      ["/task-events/reschedule", { task_ids: ["t"], when: 1 }, /accepted the request/],
      ["/task-events/reschedule?dry=1", { task_ids: ["t"] }, /accepted the query.*dry/],
    ] as const
  ) assert.match(problem(["POST", path, sent], { body }) ?? "", expected);
  assert.equal(
    problem(["POST", "/task-events/reschedule?forceFunctionRegion=x", { task_ids: ["t"] }], {
      body,
    }),
    null,
  );
});

Deno.test("a path or method that the contract does not have has to be refused", () => {
  const refused = { error: "not_found", message: "No such path.", status: 404 };
  assert.equal(problem(["GET", "/status/other"], { status: 404, body: refused }), null);
  assert.match(
    problem(["GET", "/status/other"], { body: { meetings: [] } }) ?? "",
    /no such operation/,
  );
  const other = { error: "no_slot", message: "No slot.", status: 409 };
  assert.match(
    problem(["GET", "/status/other"], { status: 409, body: other }) ?? "",
    /no such operation/,
  );
  assert.match(
    problem(["PUT", "/status"], { status: 404, body: { ...refused, hint: "x" } }) ?? "",
    /additional properties/,
  );
});

Deno.test("a header that a response always has is missed", () => {
  const text = "{}";
  const all = {
    "content-type": "application/json",
    "cache-control": "public",
    "etag": '"1"',
    ...ID,
  };
  assert.equal(problem(["GET", "/status/openapi.json"], { headers: new Headers(all), text }), null);
  const { etag: _, ...others } = all;
  assert.match(
    problem(["GET", "/status/openapi.json"], { headers: new Headers(others), text }) ?? "",
    /header ETag is missing/,
  );
  const anonymous = new Headers({ "content-type": "application/json" });
  for (const path of ["/status?meeting_id=m", "/status/other"]) {
    const body = path === "/status/other" ? { ...NOT_FOUND, error: "not_found" } : NOT_FOUND;
    assert.match(
      problem(["GET", path], { status: 404, body, headers: anonymous }) ?? "",
      /header x-request-id is missing/,
    );
  }
  const named = new Headers({ "content-type": "application/json", "x-request-id": "ann" });
  assert.match(
    problem(["GET", "/status?meeting_id=m"], { status: 404, body: NOT_FOUND, headers: named }) ??
      "",
    /header x-request-id is ann: .*uuid/,
  );
});
