import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { holidayDates } from "../../../supabase/functions/holidays/holiday_dates.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

Deno.test("holidayDates() has the public holidays of a country, its part or a region of that", () => {
  const days = (calendar: string) => holidayDates(calendar, [2031])?.map(({ day }) => day) ?? [];
  assert.ok(days("DE").includes("2031-10-03") && !days("DE").includes("2031-01-06"));
  assert.ok(days("DE-BY").includes("2031-01-06"), "Epiphany in Bavaria");
  assert.ok(!days("DE-BY").includes("2031-08-08") && days("DE-BY-A").includes("2031-08-08"));
  assert.ok(days("US").includes("2031-11-27"), "Thanksgiving");
  assert.deepEqual(days("US"), days("US").toSorted());
});

Deno.test("holidayDates() knows no calendar of other codes", () => {
  assert.deepEqual(
    ["XX", "DE-XX", "DE-BY-XX", "constructor", ""].map((one) => holidayDates(one, [2031])),
    [null, null, null, null, null],
  );
});

Deno.test("a holiday of several days has each of them, and one that begins in the evening the next day", () => {
  const fast = holidayDates("SA", [2027])?.filter(({ name }) => name === "عيد الفطر");
  assert.deepEqual(fast?.map(({ day }) => day), [
    "2027-03-09",
    "2027-03-10",
    "2027-03-11",
    "2027-03-12",
  ]);
});

Deno.test("only the function holidays loads the library of holidays", async () => {
  const users: string[] = [];
  for (const folder of ["shared", "supabase"]) {
    for await (const path of filesIn(`${ROOT}${folder}`)) {
      if ((await Deno.readTextFile(path)).includes('"date-holidays"')) users.push(path);
    }
  }
  assert.deepEqual(users, [`${ROOT}supabase/functions/holidays/holiday_dates.ts`]);
});

async function* filesIn(folder: string): AsyncIterable<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* filesIn(path);
    else if (name.endsWith(".ts")) yield path;
  }
}
