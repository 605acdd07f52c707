import assert from "node:assert/strict";
import { type Lab, openLab } from "./lab.ts";

const folder = new URL("ics_files/", import.meta.url);

/** What an import of a file must give. */
interface Expected {
  why: string;
  window: [from: string, to: string];
  busy: [start: string, end: string][];
  /** The zone that the import asks for. */
  timezone?: string;
  /** The zone of the calendar, and where it comes from. */
  zone?: [name: string, source: string];
  events?: number;
  /** UID and a part of the reason, in the order of the file. */
  skipped?: [uid: string, reason: string][];
  ignored?: [uid: string, reason: string][];
}

const expected: Record<string, Expected> = JSON.parse(
  Deno.readTextFileSync(new URL("expected.json", folder)),
);

async function busyTime(lab: Lab, email: string, [timeMin, timeMax]: [string, string]) {
  const google = await lab.as(email);
  const { data } = await google.freebusy.query({
    requestBody: { timeMin, timeMax, items: [{ id: "primary" }] },
  });
  return data.calendars?.["primary"]?.busy?.map(({ start, end }) => [start, end]);
}

function readIcs(name: string): string {
  // The byte-order mark stays.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return decoder.decode(Deno.readFileSync(new URL(`${name}.ics`, folder)));
}

Deno.test("every file in tests/ics_files has an expectation", () => {
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.endsWith(".ics"));
  assert.deepEqual(files.sort(), Object.keys(expected).map((name) => `${name}.ics`).sort());
});

for (const [name, file] of Object.entries(expected)) {
  Deno.test(`${name}.ics: ${file.why}`, async () => {
    await using lab = await openLab();
    const email = `${name}@files.example`;
    const timezone = file.timezone === undefined ? {} : { timezone: file.timezone };
    const state = await lab.control.importCalendar({ email, ics: readIcs(name), ...timezone });
    assert.deepEqual(await busyTime(lab, email, file.window), file.busy);
    if (file.zone !== undefined) {
      assert.deepEqual([state.timezone, state.timezone_source], file.zone);
    }
    if (file.events !== undefined) assert.equal(state.events, file.events);
    for (
      const [problems, wanted] of [
        [state.skipped, file.skipped ?? []],
        [state.ignored_lines, file.ignored ?? []],
      ] as const
    ) {
      assert.deepEqual(problems.map(({ uid }) => uid), wanted.map(([uid]) => uid));
      for (const [index, [, reason]] of wanted.entries()) {
        assert.ok(problems[index]?.reason.includes(reason), JSON.stringify(problems));
      }
    }
  });
}

Deno.test("a second import of a file changes nothing", async () => {
  await using lab = await openLab();
  for (const name of ["this-and-future-twice", "no-master", "rdate-periods", "custom-rules"]) {
    const email = `${name}@files.example`;
    await lab.control.importCalendar({ email, ics: readIcs(name) });
    const before = await lab.control.events({ calendar_id: email });
    const again = await lab.control.importCalendar({ email, ics: readIcs(name) });
    assert.equal(again.timezone_source, "calendar");
    const after = await lab.control.events({ calendar_id: email });
    assert.deepEqual(after.map(({ id }) => id), before.map(({ id }) => id), name);
    const { window, busy } = expected[name] ?? assert.fail(name);
    assert.deepEqual(await busyTime(lab, email, window), busy);
  }
});

Deno.test("occurrences imported before their series belong to it once it comes", async () => {
  await using lab = await openLab();
  const email = "later@files.example";
  await lab.control.importCalendar({ email, ics: readIcs("no-master") });
  const master = [
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a@files.example\nRRULE:FREQ=WEEKLY;COUNT=3",
    "DTSTART;TZID=Europe/Madrid:20310204T120000\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR",
  ].join("\n");
  await lab.control.importCalendar({ email, ics: master });
  assert.deepEqual(await busyTime(lab, email, ["2031-02-01T00:00:00Z", "2031-03-01T00:00:00Z"]), [
    ["2031-02-04T12:00:00Z", "2031-02-04T13:00:00Z"],
    ["2031-02-12T07:00:00Z", "2031-02-12T08:00:00Z"],
    ["2031-02-18T11:00:00Z", "2031-02-18T12:00:00Z"],
  ]);
});

Deno.test("a series whose times the API changes has an elapsed length from then on", async () => {
  await using lab = await openLab();
  const email = "nominal@files.example";
  await lab.control.importCalendar({ email, ics: readIcs("nominal-night") });
  const google = await lab.as(email);
  const { data } = await google.events.list({ calendarId: "primary" });
  const [series] = data.items ?? [];
  await google.events.patch({
    calendarId: "primary",
    eventId: series?.id ?? "",
    requestBody: { end: { dateTime: "2031-03-24T13:00:00+01:00", timeZone: "Europe/Paris" } },
  });
  const busy = await busyTime(lab, email, ["2031-03-29T00:00:00Z", "2031-03-31T00:00:00Z"]);
  assert.deepEqual(busy, [["2031-03-29T11:00:00Z", "2031-03-30T12:00:00Z"]]);
});

/** A calendar of so many events; every tenth one is a series with a changed occurrence. */
function calendarOf(events: number): string {
  const parts: string[] = [];
  for (let index = 0; index < events; index++) {
    const day = new Date(Date.UTC(2031, 0, 1 + index % 300)).toISOString().slice(0, 10);
    const [uid, date] = [`UID:${index}@growth.example`, day.replaceAll("-", "")];
    const times = `DTSTART;TZID=Europe/Paris:${date}T090000\r\nDURATION:PT1H`;
    const rule = index % 10 === 0 ? "\r\nRRULE:FREQ=WEEKLY;COUNT=5" : "";
    parts.push(`BEGIN:VEVENT\r\n${uid}\r\n${times}${rule}\r\nSUMMARY:Held\r\nEND:VEVENT`);
    if (rule === "") continue;
    const replaced = `RECURRENCE-ID;TZID=Europe/Paris:${date}T090000`;
    const moved = `DTSTART;TZID=Europe/Paris:${date}T110000\r\nDURATION:PT1H`;
    parts.push(`BEGIN:VEVENT\r\n${uid}\r\n${replaced}\r\n${moved}\r\nEND:VEVENT`);
  }
  return ["BEGIN:VCALENDAR", ...parts, "END:VCALENDAR"].join("\r\n");
}

Deno.test("the time of an import grows with the number of events, not with its square", async () => {
  await using lab = await openLab();
  let imports = 0;
  const shortest = async (events: number) => {
    const ics = calendarOf(events);
    const times: number[] = [];
    for (let round = 0; round < 3; round++) {
      const email = `${imports++}@growth.example`;
      const begun = performance.now();
      const state = await lab.control.importCalendar({ email, ics });
      times.push(performance.now() - begun);
      assert.equal(state.events, events * 1.1);
    }
    return Math.min(...times);
  };
  await shortest(1000);
  const small = await shortest(1000);
  const large = await shortest(8000);
  // 8 when linear, 64 when quadratic.
  assert.ok(large < 20 * small, `1,000 events: ${small} ms, 8,000 events: ${large} ms`);
});
