import { WEEKDAYS } from "@shared/time/weekday.ts";
import { guest, open, type Question } from "./judgement.ts";

const WORK = "09:00-17:00";
const FULL_UNTIL_THURSDAY = [`mon ${WORK}`, `tue ${WORK}`, `wed ${WORK}`, `thu ${WORK}`];
const LUNCH_SPAIN = { start: "14:00", end: "15:00" };
const LAWYER = { index: 1, name: "a lawyer", count: 1, type: "required" as const };

/** Written before the formula of the scores was, so that it answers to them. */
export const QUESTIONS: readonly Question[] = [
  {
    id: "stand-up at nine",
    why: "fifteen minutes at nine do not send anything to the end of the day",
    people: [guest("Eva", ["09:00-09:15"])],
    expected: { best: ["mon 09:30-12:00", "mon 13:00-16:00"] },
  },
  {
    id: "busy until noon",
    why: "after lunch on the same day",
    people: [guest("Eva", ["09:00-12:00"])],
    asked: { duration_minutes: 45 },
    expected: { best: ["mon 13:00-16:30"] },
  },
  {
    id: "London and New York",
    why: "the common hours of today, not the last of them",
    people: [guest("Sam", [], { timezone: "America/New_York" })],
    organizer: { timezone: "Europe/London" },
    asked: { timezone: "Europe/London" },
    expected: { best: ["mon 14:00-16:30"] },
  },
  {
    id: "two-hour workshop",
    why: "before or after lunch, not over it",
    people: [guest("Eva"), guest("Tom")],
    asked: { duration_minutes: 120 },
    expected: { best: ["mon 09:00-12:00", "mon 13:00-17:00"] },
  },
  {
    id: "half a day",
    why: "only the afternoon leaves everybody their lunch",
    people: [guest("Eva"), guest("Tom")],
    asked: { duration_minutes: 240 },
    expected: { best: ["mon 13:00-17:00"] },
  },
  {
    id: "lunch in Madrid",
    why: "noon is working time where lunch is at two",
    people: [guest("Ana", ["09:00-11:30", "15:00-17:00"], { zone: "Europe/Madrid" })],
    organizer: { timezone: "Europe/Madrid" },
    asked: { timezone: "Europe/Madrid", lunch: LUNCH_SPAIN },
    expected: { best: ["mon 12:00-14:00"] },
  },
  {
    id: "no lunch",
    why: "who has no lunch hour can meet at noon",
    people: [guest("Eva", ["mon 09:00-11:00", "mon 14:00-17:00", `tue ${WORK}`, `wed ${WORK}`])],
    asked: { lunch: null },
    expected: { best: ["mon 11:30-13:30"] },
  },
  {
    id: "one person's early lunch",
    why: "each eats at their own time",
    people: [
      guest("Ines", ["09:00-11:30", "13:30-17:00"], { lunch: { start: "11:30", end: "12:30" } }),
    ],
    asked: { lunch: null },
    expected: { best: ["mon 12:30-13:30"] },
  },
  {
    id: "lunch in two zones",
    why: "noon in Paris and noon in Lisbon are both taken",
    people: [guest("Rui", ["09:00-12:00"], { timezone: "Europe/Lisbon" })],
    expected: { best: ["mon 14:00-17:00"] },
  },
  {
    id: "Friday afternoon",
    why: "if it must be Friday afternoon, then not at the end of it",
    people: [guest("Eva", [...FULL_UNTIL_THURSDAY, "fri 09:00-12:00"])],
    expected: { best: ["fri 13:00-15:30"] },
  },
  {
    id: "last hour of the week",
    why: "Monday morning is not later in any way that counts",
    people: [guest("Eva", [...FULL_UNTIL_THURSDAY, "fri 09:00-16:00"])],
    asked: { latest_date: "2030-01-18" },
    expected: { best: ["+mon 09:00-12:00"] },
  },
  {
    id: "week from Sunday to Thursday",
    why: "there the week ends on Thursday",
    people: [
      guest(
        "Noor",
        ["-sun 09:00-17:00", `mon ${WORK}`, `tue ${WORK}`, "wed 09:00-12:00"].concat(
          "thu 09:00-15:00",
        ),
        { zone: "Asia/Riyadh" },
      ),
    ],
    organizer: { timezone: "Asia/Riyadh" },
    asked: {
      timezone: "Asia/Riyadh",
      earliest_date: "2030-01-06",
      latest_date: "2030-01-10",
      allowed_days: ["sunday", "monday", "tuesday", "wednesday", "thursday"],
    },
    expected: { best: ["wed 13:00-16:30"] },
  },
  {
    id: "three days' notice",
    why: "late on Thursday is not better than Friday morning",
    people: [guest("Eva")],
    now: new Date("2030-01-07T15:20:00Z"),
    asked: { minimum_notice_minutes: 3 * 1440 },
    expected: { best: ["fri 09:00-12:00"] },
  },
  {
    id: "a day's notice",
    why: "the first good time after it, and the sentence says why not before",
    people: [guest("Eva")],
    now: new Date("2030-01-07T09:00:00Z"),
    asked: { minimum_notice_minutes: 1440 },
    expected: { best: ["tue 10:00-12:00"], says: /notice/ },
  },
  {
    id: "asked just before lunch",
    why: "after lunch on the same day",
    people: [guest("Eva")],
    now: new Date("2030-01-07T10:40:00Z"),
    asked: { earliest_date: "2030-01-07T10:40:00Z", latest_date: "2030-01-21T10:40:00Z" },
    expected: { best: ["mon 13:00-16:00"] },
  },
  {
    id: "soonest at the end of the day",
    why: "as soon as possible means the last half hour too",
    people: [guest("Eva", ["mon 09:00-16:30"])],
    asked: { priority: "soonest" },
    expected: { best: ["mon 16:30-17:00"] },
  },
  {
    id: "soonest over lunch",
    why: "as soon as everybody can, whatever it costs",
    people: [guest("Eva", ["09:00-12:30"]), guest("Tom", ["09:00-11:00", "13:00-17:00"])],
    asked: { priority: "soonest" },
    expected: { best: ["mon 12:30-13:00"] },
  },
  {
    id: "focus in an empty week",
    why: "the day stays in one piece",
    people: [guest("Eva")],
    asked: { priority: "focus" },
    expected: { best: ["mon 09:00-09:30", "mon 16:30-17:00"] },
  },
  {
    id: "focus beside a meeting",
    why: "the hour before the meeting is gone anyway, the six after it are not",
    people: [guest("Eva", ["mon 10:00-11:00"])],
    asked: { priority: "focus", latest_date: "2030-01-07" },
    organizer: { busy: [{ start: "2030-01-07T09:00:00Z", end: "2030-01-07T10:00:00Z" }] },
    expected: { best: ["mon 09:00-10:00"] },
  },
  {
    id: "comfort",
    why: "the next day in peace instead of today at the edge",
    people: [guest("Eva", ["mon 09:30-17:00"])],
    asked: { priority: "comfort" },
    expected: { best: ["tue 09:30-12:00", "tue 13:00-16:30"] },
  },
  {
    id: "sooner weighs most",
    why: "one weight named; the others share the rest",
    people: [guest("Eva", ["mon 09:00-16:30"])],
    weights: { optimization: 80 },
    expected: { best: ["mon 16:30-17:00"] },
  },
  {
    id: "weights before priority",
    why: "who names weights means them",
    people: [guest("Eva", ["09:00-09:15"])],
    weights: { optimization: 100 },
    asked: { priority: "comfort" },
    expected: { best: ["mon 09:15-09:45"] },
  },
  {
    id: "buffers of half an hour",
    why: "what is left between is used, not the end of the day",
    people: [guest("Eva", ["09:30-10:30", "13:30-14:30"])],
    asked: { buffer_minutes: 30 },
    expected: { best: ["mon 11:00-12:00", "mon 15:00-16:30"] },
  },
  {
    id: "the hour between two meetings",
    why: "is offered, though a free Wednesday is better",
    people: [guest("Eva", [
      "mon 09:00-10:00",
      "mon 11:00-17:00",
      `tue ${WORK}`,
      `thu ${WORK}`,
      `fri ${WORK}`,
    ])],
    asked: { duration_minutes: 60 },
    expected: {
      best: ["wed 09:00-12:00", "wed 13:00-16:30"],
      among: { span: "mon 10:00-11:00", within: 3 },
    },
  },
  {
    id: "a morning of meetings",
    why: "a pause after them, still the same day",
    people: [guest("Eva", ["09:00-10:00", "10:30-12:00", "13:00-14:00"])],
    expected: { best: ["mon 14:15-16:30"] },
  },
  {
    id: "Kathmandu and London",
    why: "in the morning in London, before the evening in Kathmandu",
    people: [guest("Asha", [], { timezone: "Asia/Kathmandu", ...open("09:00", "18:00") })],
    organizer: { timezone: "Europe/London" },
    asked: { timezone: "Europe/London" },
    expected: { best: ["mon 09:00-11:15"] },
  },
  {
    id: "three continents",
    why: "neither eight in New York for long nor nine at night in Mumbai",
    people: [
      guest("Sam", [], { timezone: "America/New_York", ...open("08:00", "18:00") }),
      guest("Dev", [], { timezone: "Asia/Kolkata", ...open("09:00", "21:00") }),
    ],
    expected: { best: ["mon 14:00-15:30"] },
  },
  {
    id: "long days, a full Monday",
    why: "Tuesday in the daytime before Monday at seven",
    people: [guest("Eva", ["mon 09:00-17:00"])],
    asked: { working_hours_start: 7, working_hours_end: 20 },
    expected: { best: ["tue 09:00-12:00", "tue 13:00-16:30"] },
  },
  {
    id: "Saturday from ten to ten",
    why: "in the daytime",
    people: [guest("Eva")],
    asked: {
      earliest_date: "2030-01-12",
      latest_date: "2030-01-12",
      allowed_days: ["saturday"],
      working_hours_start: 10,
      working_hours_end: 22,
    },
    expected: { best: ["sat 10:00-12:00", "sat 13:00-16:30"] },
  },
  {
    id: "ten people",
    why: "choices in several half-days also where little is free",
    people: Array.from({ length: 10 }, (_, i) =>
      guest(`Guest${i}`, [
        `${["mon", "tue", "wed", "thu", "fri"][i % 5]} 09:00-1${i % 4}:00`,
        `${["mon", "tue", "wed", "thu", "fri"][(i + 2) % 5]} 1${3 + i % 3}:00-17:00`,
      ])),
    asked: { duration_minutes: 45 },
    expected: {
      choices: 5,
      half_days: 3,
      not: ["mon", "tue", "wed", "thu", "fri"].map((day) => `${day} 12:00-13:00`),
    },
  },
  {
    id: "early shift",
    why: "their own hours are convenient for them",
    people: [guest("Kim", [], open("06:00", "14:00"))],
    expected: { best: ["mon 09:00-12:00"] },
  },
  {
    id: "afternoon person",
    why: "gets an afternoon",
    people: [guest("Eva", [], { preferences: { morning_person_score: 0 } })],
    expected: { best: ["mon 13:00-17:00", "tue 13:00-17:00"] },
  },
  {
    id: "likes the end of the day",
    why: "what a person asks for is no inconvenience",
    people: [
      guest("Eva", [], { preferences: { preferred_hours_start: 16, preferred_hours_end: 17 } }),
    ],
    expected: { best: ["mon 16:00-17:00"] },
  },
  {
    id: "a lunch meeting",
    why: "lunch is the time for lunch",
    people: [guest("Eva", [], {
      preferences: {
        event_categories: { lunch: { preferred_hours_start: 12, preferred_hours_end: 13.5 } },
      },
    })],
    organizer: {
      preferences: {
        event_categories: { lunch: { preferred_hours_start: 12, preferred_hours_end: 13.5 } },
      },
    },
    asked: { event_category: "lunch" },
    expected: { best: ["mon 12:00-13:30"] },
  },
  {
    id: "part-time",
    why: "the first day that they work, with their lunch",
    people: [guest("Eva", ["tue 10:00-10:30"], open("10:00", "14:00", [WEEKDAYS[1], WEEKDAYS[3]]))],
    expected: { best: ["tue 10:45-12:00"] },
  },
  {
    id: "a holiday and a day off",
    why: "each keeps to the days that they work",
    people: [guest("Eva", [], { exdates: ["2030-01-08"] })],
    asked: { holiday_dates: ["2030-01-07"] },
    expected: { best: ["wed 09:00-12:00"] },
  },
  {
    id: "the one time today",
    why: "however good the days after are, how soon it could be is worth knowing",
    people: [guest("Eva", ["mon 09:00-10:00", "mon 10:30-17:00"])],
    expected: { best: ["tue 09:00-12:00"], among: { span: "mon 10:00-10:30", within: 5 } },
  },
  {
    id: "an hour around lunch",
    why: "next to a meeting rather than over lunch",
    people: [guest("Eva", ["09:00-11:00", "14:00-17:00"])],
    asked: { duration_minutes: 60 },
    expected: { best: ["mon 11:00-12:00", "mon 13:00-14:00"] },
  },
  {
    id: "a part of lunch",
    why: "a quarter of an hour of it rather than the middle",
    people: [guest("Eva", ["09:00-11:45", "13:15-17:00"])],
    expected: { best: ["mon 11:45-12:15", "mon 12:45-13:15"], says: /lunch/ },
  },
  {
    id: "first or last half hour",
    why: "the first of them, today",
    people: [guest("Eva", ["09:30-16:30"])],
    expected: { best: ["mon 09:00-09:30"] },
  },
  {
    id: "lunch at noon and at one",
    why: "after both",
    people: [
      guest("Eva", ["09:00-12:00"]),
      guest("Tom", [], { lunch: { start: "13:00", end: "14:00" } }),
    ],
    expected: { best: ["mon 14:00-16:30"] },
  },
  {
    id: "two hours' notice until lunch",
    why: "after lunch on the same day, and the sentence says why not before",
    people: [guest("Eva")],
    now: new Date("2030-01-07T09:10:00Z"),
    asked: { minimum_notice_minutes: 120 },
    expected: { best: ["mon 13:00-16:00"], says: /notice of 2 hours.*lunch break/ },
  },
  {
    id: "prefers Fridays",
    why: "Friday morning, because of the day and not of the first half hour of Monday",
    people: [guest("Eva", [], { preferences: { preferred_days: ["friday"] } })],
    expected: { best: ["fri 09:00-12:00"], says: /first possible.*a day other than Monday/ },
  },
  {
    id: "one optional person of ten",
    why: "who can only come late on Friday is not worth a week",
    people: [
      ...Array.from({ length: 8 }, (_, i) => guest(`Guest${i}`)),
      guest("Otto", [...FULL_UNTIL_THURSDAY, "fri 09:00-16:00"], { type: "optional" }),
    ],
    expected: { best: ["mon 09:00-12:00", "mon 13:00-16:30"], says: /without Otto/ },
  },
  {
    id: "maybe on Monday",
    why: "Tuesday for certain",
    people: [
      guest("Eva", [], {
        busy: [{ start: "2030-01-07T08:00:00Z", end: "2030-01-07T16:00:00Z", tentative: true }],
      }),
    ],
    asked: { tentative_as_busy: false },
    expected: { best: ["tue 09:00-12:00"], says: /tentative for Eva/ },
  },
  {
    id: "London, New York and San Francisco",
    why: "not at eight in the west, and before lunch in the east",
    people: [
      guest("Sam", [], { timezone: "America/New_York" }),
      guest("Kai", [], { timezone: "America/Los_Angeles" }),
    ],
    organizer: { timezone: "Europe/London" },
    asked: { timezone: "Europe/London", working_hours_start: 8, working_hours_end: 18 },
    expected: { best: ["mon 16:15-17:00"] },
  },
  {
    id: "any lawyer",
    why: "on the first day on which one can, outside lunch",
    people: [
      guest("Ana", [`mon ${WORK}`, `tue ${WORK}`, `wed ${WORK}`, "thu 09:00-12:30"], {
        group: LAWYER,
      }),
      guest("Ben", [...FULL_UNTIL_THURSDAY, "fri 09:00-12:00"], { group: LAWYER }),
    ],
    expected: { best: ["thu 13:00-16:30"], says: /a lawyer: Ana/ },
  },
  {
    id: "from this evening until ten tomorrow",
    why: "the one hour in between, its second half",
    people: [guest("Eva")],
    asked: {
      earliest_date: "2030-01-07T16:40:00+01:00",
      latest_date: "2030-01-08T10:00:00+01:00",
    },
    expected: { best: ["tue 09:30-10:00"] },
  },
  {
    id: "every Monday",
    why: "not in the morning that is taken a week later",
    people: [guest("Eva", ["+mon 09:00-12:00"])],
    recurrence: ["RRULE:FREQ=WEEKLY;COUNT=4"],
    expected: { best: ["mon 13:00-16:30", "tue 09:00-12:00"], says: /all 4 occurrences/ },
  },
];
