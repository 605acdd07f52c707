import fc from "../fast_check.ts";
import assert from "node:assert/strict";
import { attendance, attends, newAttendance } from "@shared/scheduling/availability/attendance.ts";
import { readPeople } from "@shared/scheduling/availability/person.ts";
import { presencesAt } from "@shared/scheduling/availability/presence.ts";
import { readSearchRequest } from "@shared/scheduling/input/search_request.ts";
import { arbitraryRequest } from "./arbitrary_request.ts";

Deno.test("a person's presence says of any start what their attendance says", () => {
  let present = 0;
  let absent = 0;
  fc.assert(
    fc.property(arbitraryRequest, fc.integer({ min: 1, max: 37 }), (request, step) => {
      const search = readSearchRequest(request.constraints, request.now);
      const { from, to, duration } = search;
      const count = Math.max(0, Math.floor((to - from - duration) / step));
      const starts = Int32Array.from({ length: count }, (_, i) => from + i * step);
      const places = new Int32Array(count).map((_, i) => i);
      const found = newAttendance(count);
      const people = readPeople(request.participants, search);
      for (const [i, presence] of presencesAt(people, starts, duration).entries()) {
        attendance(people[i]!, starts, duration, found);
        const expected = Array.from(starts, (_, i) => attends(found.status[i]!));
        assert.deepEqual(Array.from(starts, (_, i) => presence.at(i)), expected);
        const comes = expected.filter((one) => one).length;
        assert.equal(presence.count(places, 0, count), comes);
        const marks = new Uint8Array(count);
        presence.markAbsent(places, 0, count, marks);
        assert.deepEqual(Array.from(marks, (mark) => mark === 0), expected);
        present += comes;
        absent += count - comes;
      }
    }),
    { numRuns: 200 },
  );
  assert.ok(present > 1_000 && absent > 1_000, `${present} present, ${absent} absent`);
});
