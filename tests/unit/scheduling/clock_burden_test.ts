import assert from "node:assert/strict";
import fc from "../fast_check.ts";
import { layOutAgain, readPeople } from "@shared/scheduling/availability/person.ts";
import { readSearchRequest } from "@shared/scheduling/input/search_request.ts";
import { ClockBurdens } from "@shared/scheduling/scoring/clock_burden.ts";
import { clockBurden } from "@shared/scheduling/scoring/convenience.ts";
import { arbitraryRequest } from "./arbitrary_request.ts";

const LATER_DAYS = 24;

Deno.test("a burden that is kept by the minute of the week is that of the start itself, also over clock changes", () => {
  fc.assert(
    fc.property(
      arbitraryRequest,
      fc.constantFrom(25, 40, 180),
      fc.boolean(),
      (request, step, widens) => {
        const { constraints, participants, now } = request;
        const day = constraints.earliest_date.slice(0, 10);
        const later = new Date(Date.parse(day) + LATER_DAYS * 86_400_000).toISOString();
        const window = { earliest_date: day, latest_date: later.slice(0, 10) };
        const search = readSearchRequest({ ...constraints, ...window }, now);
        const read = readPeople(participants, search);
        const people = widens ? layOutAgain(read, search, 60) : read;
        const { from, to, duration } = search;
        const starts = Int32Array.from(
          { length: Math.floor((to - from - duration) / step) },
          (_, i) => from + i * step,
        );
        const burdens = new ClockBurdens(starts, duration);
        for (const person of people) {
          burdens.choose(person);
          for (let i = 0; i < starts.length; i++) {
            assert.equal(burdens.at(i), clockBurden(person, starts[i]!, duration));
          }
        }
      },
    ),
    { numRuns: 100 },
  );
});
