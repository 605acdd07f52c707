import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { ClockChanges } from "./clock_changes.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Summer time at different dates, and by half an hour. */
const HOST_ZONES = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe"];

for (const host_zone of HOST_ZONES) {
  Deno.test(`tasks and meetings are where Temporal has them, around all clock changes of five years, on a host in ${host_zone}`, async () => {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "tests/time/clock_changes.ts"],
      cwd: ROOT,
      env: { TZ: host_zone, NO_COLOR: "1" },
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const seen: ClockChanges = JSON.parse(new TextDecoder().decode(stdout));
    assert.equal(seen.host_zone, host_zone);
    assert.equal(seen.zones, 20);
    assert.ok(seen.changes > 150, `only ${seen.changes} clock changes were found`);
  });
}
