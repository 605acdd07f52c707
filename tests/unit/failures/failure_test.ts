import assert from "node:assert/strict";
import { deferral, isTemporary, rejection, whileUnknown } from "@shared/failures/failure.ts";
import type { Failure } from "@shared/failures/failure.ts";
import { atLast, stillUnknown, whileEarlierUnknown } from "@shared/writeback/attempt_failure.ts";

const retry: Failure = {
  verdict: "retry",
  code: "google_unavailable",
  message: "No answer.",
  not_before_seconds: null,
};

Deno.test("whileEarlierUnknown() waits for an earlier request, and for as long as Google asks", () => {
  const refusal = rejection("google_rejected", "No.");
  for (
    const [own_seconds, waits_seconds] of [[null, 20], [5, 20], [60, 60]] as const
  ) {
    const failure = whileEarlierUnknown(
      own_seconds === null ? refusal : deferral("rate_limited", own_seconds),
      20,
    );
    assert.ok(failure.verdict === "unverified", "it stays due, unverified, and spends no attempt");
    assert.equal(failure.not_before_seconds, waits_seconds);
  }
  assert.deepEqual(whileEarlierUnknown(refusal, 0), refusal, "it has landed, or never will");
});

Deno.test("whileUnknown() spends an attempt only for a write of its own", () => {
  const verdictOf = (failure: Failure) => whileUnknown(failure, null).verdict;
  assert.equal(verdictOf(retry), "unknown");
  assert.equal(verdictOf({ ...retry, verdict: "unknown" }), "unknown");
  for (
    const failure of [
      deferral("rate_limited", 30),
      rejection("google_rejected"),
      rejection("invalid_grant"),
      { ...rejection("google_unavailable"), verdict: "exhausted" } as const,
      { ...retry, verdict: "unverified" } as const,
    ]
  ) {
    assert.equal(verdictOf(failure), "unverified");
  }
});

Deno.test("whileUnknown() keeps the code, the sentence and what Google said", () => {
  const google = { status: 403, reason: "forbidden", message: "No.", body: "" };
  const failure: Failure = { ...rejection("google_rejected", "Google said no."), google };
  assert.deepEqual(whileUnknown(failure, 60), {
    verdict: "unverified",
    code: "google_rejected",
    message: "Google said no.",
    not_before_seconds: 60,
    google,
  });
});

Deno.test("stillUnknown() reads again in an hour where nothing but a person can help, else when the failure says", () => {
  const refusal = rejection("google_rejected");
  assert.deepEqual(stillUnknown(false, refusal), refusal);
  const again = stillUnknown(true, refusal);
  assert.ok(again.verdict === "unverified" && again.not_before_seconds === 3600);
  const limited = stillUnknown(true, deferral("rate_limited", 30));
  assert.ok(limited.verdict === "unverified" && limited.not_before_seconds === 30);
});

const BEFORE_LAST_BUT_ONE = { attempts: 1, max_attempts: 3 };
const BEFORE_LAST = { attempts: 2, max_attempts: 3 };

Deno.test("atLast() gives up at the third attempt, but never an outcome that was not verified", () => {
  assert.equal(atLast(BEFORE_LAST_BUT_ONE, retry).verdict, "retry");
  assert.equal(atLast(BEFORE_LAST, retry).verdict, "reject");
  assert.ok(!isTemporary(atLast(BEFORE_LAST, retry)), "there is no automatic retry");
  assert.match(atLast(BEFORE_LAST, retry).message, /3 attempts failed/);
  for (const verdict of ["unknown", "unverified", "defer"] as const) {
    assert.equal(atLast(BEFORE_LAST, { ...retry, verdict }).verdict, verdict);
  }
});

Deno.test("rejection() of a code that reconnecting cures says so", () => {
  for (const code of ["not_connected", "invalid_grant", "wrong_account"] as const) {
    assert.equal(rejection(code).verdict, "reconnect");
  }
  assert.equal(rejection("slot_expired").verdict, "reject");
  assert.notEqual(rejection("not_connected").message, rejection("invalid_grant").message);
});
