import assert from "node:assert/strict";
import { adviceFor } from "@shared/failures/codes.ts";

Deno.test("adviceFor() advises a requeue only where there is no automatic retry", () => {
  for (const code of ["google_unavailable", "rate_limited"]) {
    assert.match(adviceFor(code, false) ?? "", /^Nothing: it is retried automatically/);
  }
  for (const code of ["google_unavailable", "rate_limited", "internal_error"]) {
    assert.match(adviceFor(code, true) ?? "", /^Requeue the meeting/);
  }
  assert.equal(adviceFor("internal_error", false), null);
});

Deno.test("adviceFor() has no advice for unknown codes", () => {
  for (const code of ["", "constructor", "toString", "something_new"]) {
    assert.equal(adviceFor(code, true), null);
    assert.equal(adviceFor(code, false), null);
  }
});
