import assert from "node:assert/strict";
import fc from "../fast_check.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { decodeCursor, encodeCursor } from "../../../supabase/functions/status/page_cursor.ts";

Deno.test("decodeCursor() gives back what encodeCursor() was given, whatever the id", () => {
  fc.assert(fc.property(
    fc.date({
      noInvalidDate: true,
      min: new Date("1970-01-01T00:00:00Z"),
      max: new Date("2200-12-31T00:00:00Z"),
    }),
    fc.string({ unit: "grapheme", minLength: 1 }).filter((id) => !id.includes("\0")),
    (date, meeting_id) => {
      const end = { created_at: date.toISOString(), meeting_id };
      assert.deepEqual(decodeCursor(encodeCursor(end)), end);
    },
  ));
});

Deno.test("decodeCursor() refuses anything else by the field's name", () => {
  for (
    const cursor of [
      "",
      "x",
      btoa("[]"),
      btoa('["2030-01-07T09:00:00Z"]'),
      btoa('["a","b"]'),
      btoa('["1","x"]'),
      // Postgres would refuse these.
      btoa('["2026-02-30T00:00:00Z","x"]'),
      btoa('["2026-02-03T00:00:00+20:00","x"]'),
      btoa('["0000-01-01T00:00:00Z","x"]'),
      btoa('["2026-02-03T00:00:00Z","\\ud800"]'),
    ]
  ) {
    assert.throws(
      () => decodeCursor(cursor),
      (thrown) => thrown instanceof HttpFault && thrown.details?.path === "cursor",
    );
  }
});
