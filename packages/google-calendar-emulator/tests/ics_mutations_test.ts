import assert from "node:assert/strict";
import { type Lab, openLab } from "./lab.ts";

const folders = [new URL("ics_files/", import.meta.url), new URL("calendars/", import.meta.url)];
const files = 1000;

/** Numbers in [0, 1) that the seed decides (mulberry32). */
function randomOf(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pieces = [
  ":",
  ";",
  '"',
  ",",
  "\\",
  "\r\n",
  "\n ",
  "\uFEFF",
  "\0",
  "BEGIN:VEVENT\r\n",
  "END:VEVENT\r\n",
  "BEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\n",
  "BEGIN:VCALENDAR\r\n",
  "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31\r\n",
  "RRULE:FREQ=SECONDLY\r\n",
  "RRULE:FREQ=DAILY;COUNT=999999\r\n",
  "RDATE;VALUE=PERIOD:20310101T000000Z\r\n",
  "DTSTART:00010101T000000\r\n",
  "DURATION:P99999999D\r\n",
  "DTEND:99991231T235959Z\r\n",
  "TZOFFSETTO:+9900\r\n",
  "__proto__:1\r\n",
  "constructor;TZID=x:1\r\n",
  ";TZID=Nowhere",
  "-",
  "9",
  "Z",
];

/** The text with some places cut, repeated, replaced or put elsewhere. */
function mutated(text: string, random: () => number): string {
  const place = () => Math.floor(random() * text.length);
  for (let change = 1 + Math.floor(random() * 8); change > 0; change--) {
    const [from, length] = [place(), 1 + Math.floor(random() ** 3 * 200)];
    const before = text.slice(0, from);
    const cut = text.slice(from, from + length);
    const after = text.slice(from + length);
    const piece = pieces[Math.floor(random() * pieces.length)] ?? "";
    switch (Math.floor(random() * 6)) {
      case 0:
        text = before + after;
        break;
      case 1:
        text = before + cut + cut + after;
        break;
      case 2:
        text = before + piece + text.slice(from);
        break;
      case 3: {
        const elsewhere = place();
        text = text.slice(0, elsewhere) + cut + text.slice(elsewhere);
        break;
      }
      case 4: {
        const code = String.fromCharCode(32 + Math.floor(random() * 95));
        text = before + code + text.slice(from + 1);
        break;
      }
      default:
        text = random() < 0.05 ? before : text.replace(/\d(?=\d*\r?\n)/, piece);
    }
  }
  return text;
}

async function importAndRead(lab: Lab, email: string, ics: string) {
  const imported = await fetch(`${lab.url}/emulator/import`, {
    method: "POST",
    body: JSON.stringify({ email, ics }),
  });
  const body = await imported.json();
  if (imported.status === 400) {
    assert.equal(body.error, "invalid_ics", JSON.stringify(body));
    return { skipped: 0, refused: 1 };
  }
  assert.equal(imported.status, 200, JSON.stringify(body));
  const google = await lab.as(email);
  for (const year of [2026, 2031]) {
    const { data } = await google.freebusy.query({
      requestBody: {
        timeMin: `${year}-01-01T00:00:00Z`,
        timeMax: `${year}-03-30T00:00:00Z`,
        items: [{ id: "primary" }],
      },
    });
    assert.ok(Array.isArray(data.calendars?.["primary"]?.busy));
  }
  return { skipped: body.skipped.length as number, refused: 0 };
}

Deno.test(`${files} mutated files never crash an import or what reads the calendar`, async () => {
  await using lab = await openLab();
  const texts = folders.flatMap((folder) =>
    [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".ics"))
      .map(({ name }) => ({ name, text: Deno.readTextFileSync(new URL(name, folder)) }))
      .sort((a, b) => a.name < b.name ? -1 : 1)
  );
  let [skipped, refused] = [0, 0];
  for (let seed = 0; seed < files; seed++) {
    const { name, text } = texts[seed % texts.length] ?? assert.fail();
    // Whole calendars of teams would take most of the time.
    const ics = mutated(text.slice(0, 6000), randomOf(seed));
    try {
      const outcome = await importAndRead(lab, `${seed}@mutated.example`, ics);
      skipped += outcome.skipped;
      refused += outcome.refused;
    } catch (error) {
      throw new Error(`seed ${seed}, ${name}: ${error}`, { cause: error });
    }
  }
  assert.ok(skipped > files / 10, `only ${skipped} events were skipped`);
  assert.ok(refused < files / 10, `${refused} files were refused as a whole`);
});
