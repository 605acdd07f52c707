import assert from "node:assert/strict";
import { calendarLines } from "../../local/demo/calendar_lines.ts";
import type { Person } from "../../local/demo/cast.ts";
import { decodeIcs } from "../../local/demo/read_ics.ts";
import { runDemo } from "./run_demo.ts";

const outlook = [
  "BEGIN:VCALENDAR",
  "METHOD:PUBLISH",
  "BEGIN:VEVENT",
  "UID:a@demo.example",
  "SUMMARY:Überblick",
  "DTSTART;TZID=W. Europe Standard Time:20300107T090000",
  "DURATION:PT3H",
  "END:VEVENT",
  "BEGIN:VEVENT",
  "UID:b@demo.example",
  "SUMMARY:Back in time",
  "DTSTART;TZID=W. Europe Standard Time:20300107T140000",
  "DURATION:-PT1H",
  "END:VEVENT",
  "END:VCALENDAR",
].join("\r\n");

Deno.test("demo --calendars reads files of other programs and reports their zones and what is left out", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/lena.ics`, `\uFEFF${outlook}`);
    await Deno.writeTextFile(
      `${folder}/paul.ics`,
      "BEGIN:VCALENDAR\nX-WR-TIMEZONE:Europe/Lisbon\nEND:VCALENDAR\n",
    );
    const { code, report } = await runDemo(
      ...["--calendars", folder, "--from", "2030-01-07", "--to", "2030-01-07", "--hours", "9-13"],
    );
    assert.equal(code, 0, JSON.stringify(report));
    assert.deepEqual(
      report.calendars.map(({ name, timezone, timezone_source, events, skipped }) =>
        [name, timezone, timezone_source, events, skipped.map(({ reason }) => reason)] as const
      ),
      [
        ["lena", "Europe/Berlin", "events", 1, ["The event ends before it starts"]],
        ["paul", "Europe/Lisbon", "file", 0, []],
      ],
    );
    assert.ok(Date.parse(report.start_time ?? "") >= Date.parse("2030-01-07T11:00:00Z"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the demo says which zone a calendar took and names what was left out", () => {
  const reason = "The event ends before it starts";
  const skipped = Array.from({ length: 12 }, (_, index) => ({
    uid: `${index}@demo.example`,
    summary: index === 1 ? null : "Back in time",
    line: index + 1,
    reason,
  }));
  const lena: Person = {
    key: "lena",
    name: "Lena",
    email: "lena@demo.example",
    timezone: "Europe/Berlin",
    imported: {
      email: "lena@demo.example",
      name: "Lena",
      timezone: "Europe/Berlin",
      freebusy: "public",
      service_account: false,
      hosted_domain: null,
      email_verified: true,
      sub: "1",
      calendars: [],
      timezone_source: "events",
      events: 1,
      skipped,
      ignored_lines: [],
    },
  };
  const lines = calendarLines([lena]);
  assert.deepEqual(lines.slice(0, 4), [
    "Lena <lena@demo.example>, Europe/Berlin (the zone that its events name)",
    "  events left out: 12",
    `  line 1, Back in time: ${reason}`,
    `  line 2, 1@demo.example: ${reason}`,
  ]);
  assert.equal(lines.at(-1), "  and 2 more");
  assert.equal(lines.length, 13);
});

Deno.test("files are read in UTF-8, also when folded within a letter, in UTF-16 and in Windows' Latin", () => {
  const utf16 = (order: "le" | "be") =>
    Uint8Array.from(`\uFEFF${outlook}`, (character) => character.charCodeAt(0) & 0xff)
      .reduce<number[]>((bytes, _low, index) => {
        const code = `\uFEFF${outlook}`.charCodeAt(index);
        const pair = [code & 0xff, code >> 8];
        return bytes.concat(order === "le" ? pair : pair.toReversed());
      }, []);
  assert.equal(decodeIcs(Uint8Array.from(utf16("le"))), outlook);
  assert.equal(decodeIcs(Uint8Array.from(utf16("be"))), outlook);
  const latin = Uint8Array.from(outlook, (character) => character.charCodeAt(0));
  assert.equal(decodeIcs(latin), outlook);
  const utf8 = new TextEncoder().encode(outlook);
  assert.equal(decodeIcs(utf8), outlook);
  const letter = utf8.indexOf(0xc3);
  const folded = [...utf8.slice(0, letter + 1), 0x0d, 0x0a, 0x20, ...utf8.slice(letter + 1)];
  assert.equal(decodeIcs(Uint8Array.from(folded)), outlook);
});
