import assert from "node:assert/strict";
import { explain } from "@shared/scheduling/explaining/explanation.ts";
import type { Reason } from "@shared/scheduling/explaining/reason.ts";
import { findSlots } from "@shared/scheduling/find_slots.ts";
import { isLocale } from "@shared/texts/locale.ts";
import { textsOf } from "@shared/texts/texts.ts";
import { person, request } from "../scheduling/requests.ts";

/** 2026-12-01, a Tuesday, 11:00 on the wall. */
const WALL = Date.UTC(2026, 11, 1, 11) / 60_000;
const NAMES = ["Ann", "Bob", "Cem", "Dan"];

Deno.test("a locale is a language that there are texts in, with script and region", () => {
  const known = ["en", "EN", "en-US", "en-001", "de", "de-AT", "de-Latn-CH"];
  const unknown = ["", "fr", "english", "de_AT", "de-", "den", "de-AT-1996", "en-US-x-a", " en"];
  assert.deepEqual([...known, ...unknown].filter(isLocale), known);
  assert.throws(() => textsOf("fr"), RangeError);
});

Deno.test("days and times are written as people of the locale do", () => {
  const time = (locale: string, wall = WALL) => textsOf(locale).time(wall, "Europe/Vienna");
  assert.equal(time("en"), "Tuesday 1 December 2026 at 11:00 (Europe/Vienna)");
  assert.equal(time("de"), "Dienstag, 1. Dezember 2026 um 11:00 Uhr (Europe/Vienna)");
  const january = Date.UTC(2027, 0, 2, 0, 5) / 60_000;
  assert.equal(time("de-AT", january), "Samstag, 2. Jänner 2027 um 00:05 Uhr (Europe/Vienna)");
  assert.equal(textsOf("de").event.score(89.5), "Bewertung: 89,5/100");
  assert.equal(textsOf("en").event.score(89.5), "Score: 89.5/100");
});

Deno.test("English days and months are those of Intl, in every region", () => {
  for (const locale of ["en", "en-GB", "en-001"]) {
    for (let month = 0; month < 12; month++) {
      const date = new Date(Date.UTC(2027, month, 1 + month));
      const name = (field: "weekday" | "month") =>
        new Intl.DateTimeFormat(locale, { timeZone: "UTC", [field]: "long" }).format(date);
      assert.equal(
        textsOf(locale).time(date.valueOf() / 60_000, "Europe/Vienna"),
        `${name("weekday")} ${1 + month} ${name("month")} 2027 at 00:00 (Europe/Vienna)`,
      );
    }
  }
});

Deno.test("names are listed up to three, then two and a number", () => {
  assert.equal(textsOf("en").names(NAMES), "Ann, Bob and 2 others");
  assert.equal(textsOf("de").names(NAMES), "Ann, Bob und 2 weitere");
  assert.equal(textsOf("de").names(NAMES.slice(0, 3)), "Ann, Bob und Cem");
  assert.equal(textsOf("de").allNames(NAMES), "Ann, Bob, Cem, Dan");
});

Deno.test("every text of a language differs from the English one", () => {
  const english = textsOf("en") as unknown as Record<string, Record<string, unknown>>;
  const german = textsOf("de") as unknown as Record<string, Record<string, unknown>>;
  const same = Object.keys(english).flatMap((part) =>
    Object.entries(english[part]!).flatMap(([name, text]) =>
      String(german[part]![name]) === String(text) ? [`${part}.${name}`] : []
    )
  );
  assert.deepEqual(same, []);
});

Deno.test("a search answers in the language of its locale: reasons, result, refusal, suggestion", () => {
  const search = (busy: string) =>
    findSlots({ ...request([person("Ann", [busy])], { timezone: "UTC" }), locale: "de" });
  const found = search("12:00-13:00");
  assert.match(
    found.message,
    /^\d+ Zeiten sind möglich; die beste ist Montag, 7\. Januar 2030 um /,
  );
  assert.match(found.candidates[0]!.reasoning, /^Die eine eingeladene Person hat Zeit\. /);
  const none = search("09:00-17:00");
  assert.match(none.message, /^Zwischen Montag, 7\. Januar 2030 um .* haben nie alle, die nötig /);
  assert.match(
    none.suggestion ?? "",
    /^Wenn Ann ab 08:30 Uhr \(UTC\) erreichbar wäre, wäre möglich: Montag, /,
  );
  assert.equal(
    none.conceded_candidates[0]?.concession,
    "Dafür ist nötig, dass Ann ab 08:30 Uhr (UTC) erreichbar ist.",
  );
});

Deno.test("counts are sentences in both languages: of one, of two and of many", () => {
  const clash = (locale: string, clashing: number, count: number) =>
    textsOf(locale).reasons.some_occurrences_clash({ clashing, count, names: ["Ann"] });
  assert.equal(clash("en", 1, 8), "1 of 8 occurrences clashes for Ann");
  assert.equal(clash("en", 2, 8), "2 of 8 occurrences clash for Ann");
  assert.equal(clash("de", 1, 8), "1 von 8 Terminen der Serie passt nicht für Ann");
  const all = (locale: string, count: number) =>
    textsOf(locale).suggestions.occurrences("X", count, count);
  assert.deepEqual([1, 2, 3].map((count) => all("en", count)), [
    "X, with the one occurrence",
    "X, with both occurrences",
    "X, with all 3 occurrences",
  ]);
  assert.equal(all("de", 2), "X, mit beiden Terminen der Serie");
  const never = (locale: string, count: number, group: string) =>
    textsOf(locale).refusals.group_never_free("A", "B", group, count);
  assert.equal(
    never("en", 1, "a room for six"),
    "Between A and B, a room for six is never free when everybody else can come",
  );
  assert.equal(
    never("en", 2, "two reviewers"),
    "Between A and B, two reviewers are never free when everybody else can come (2 are needed)",
  );
  assert.equal(
    never("de", 2, "zwei Prüferinnen"),
    "Zwischen A und B sind zwei Prüferinnen nie frei, wenn alle anderen können (2 sind nötig)",
  );
});

Deno.test("reasons with several people and numbers are sentences in both languages", () => {
  const reasons: Reason[] = [
    {
      code: "some_absent",
      args: { coming: 1, invited: 2, absent: [{ name: "Bob", status: "outside_hours" }] },
    },
    { code: "clear_before", args: { minutes: 1, name: "Ann" } },
    { code: "lunch", args: { names: ["Ann"] } },
    { code: "end_of_week", args: { weekday: "friday", names: ["Ann"] } },
    { code: "notice", args: { minutes: 3 * 1440 } },
    {
      code: "first_possible",
      args: {
        start_time: "",
        time: "X",
        factor: "fragmentation",
        reason: {
          code: "leaves_short_time",
          args: { name: "Ann", minutes_before: 10, minutes_after: 15 },
        },
      },
    },
    { code: "runner_up", args: { start_time: "", time: "Y", factor: "optimization" } },
  ];
  assert.equal(
    explain(textsOf("en"), reasons),
    "1 of 2 can come, without Bob (outside working hours). 1 minute clear before Ann's next meeting. " +
      "It falls in the lunch break of Ann; it is at the end of Friday for Ann. " +
      "Earlier times are ruled out by the required notice of 3 days; the first possible time is X: it leaves Ann free time " +
      "too short to use (10 and 15 minutes between meetings); the runner-up is Y: it is later.",
  );
  assert.equal(
    explain(textsOf("de"), reasons),
    "1 von 2 kann kommen, ohne Bob (außerhalb der Arbeitszeit). 1 Minute frei vor dem nächsten Termin von Ann. " +
      "Es ist die Mittagspause von Ann; es ist das Ende des Tages (Freitag) für Ann. " +
      "Der Vorlauf von 3 Tagen schließt frühere Zeiten aus; die erste mögliche Zeit ist X: für Ann bleibt freie " +
      "Zeit, die zu kurz ist (10 und 15 Minuten zwischen Terminen); die zweite Wahl ist Y: sie ist später.",
  );
});
