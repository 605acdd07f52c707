import assert from "node:assert/strict";
import { busyWindow } from "@shared/scheduling/busy_window.ts";
import { constraints } from "./requests.ts";

Deno.test("busyWindow() covers the local days and an hour around them, or the largest buffer", () => {
  const asked = constraints({ timezone: "America/New_York", latest_date: "2030-01-11" });
  assert.deepEqual(busyWindow(asked, []), {
    start: "2030-01-07T04:00:00Z",
    end: "2030-01-12T06:00:00Z",
  });
  assert.deepEqual(busyWindow(asked, [{ buffer: { before: 0, after: 120 } }, {}]), {
    start: "2030-01-07T03:00:00Z",
    end: "2030-01-12T07:00:00Z",
  });
});
