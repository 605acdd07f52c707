import { guest, open, type Question } from "./judgement.ts";

const WORK = "09:00-17:00";

/** What everybody would agree on. */
export const BASIC_QUESTIONS: readonly Question[] = [
  {
    id: "empty week",
    why: "soon, in the morning, not over lunch",
    people: [guest("Eva")],
    expected: { best: ["mon 09:00-12:00"] },
  },
  {
    id: "busy at nine",
    why: "an hour every morning is no reason for another half of the day",
    people: [guest("Eva", ["09:00-10:00"])],
    expected: { best: ["mon 10:00-12:00", "mon 13:00-15:30"] },
  },
  {
    id: "small buffer",
    why: "a quarter of an hour around a meeting does not move anything to the evening",
    people: [guest("Eva", ["10:00-11:00"])],
    asked: { buffer_minutes: 15, interval_minutes: 30 },
    expected: { best: ["mon 09:00-12:00", "mon 13:00-15:30"] },
  },
  {
    id: "Thursday or Friday evening",
    why: "Thursday after lunch comes before the last half hour of the week",
    people: [guest("Eva", [`mon ${WORK}`, `tue ${WORK}`, `wed ${WORK}`, "thu 09:00-12:00"])],
    expected: { best: ["thu 13:00-16:00"] },
  },
  {
    id: "only lunch is free",
    why: "then it has to be lunch, and the sentence says so",
    people: [guest("Eva", ["09:00-12:00", "13:00-17:00"])],
    expected: {
      best: ["mon", "tue", "wed", "thu", "fri"].map((day) => `${day} 12:00-13:00`),
      says: /lunch/,
    },
  },
  {
    id: "room to breathe",
    why: "not squeezed against another meeting where there is room",
    people: [guest("Eva", ["10:00-11:00"])],
    expected: {
      not: ["mon", "tue", "wed", "thu", "fri"].flatMap((day) => [
        `${day} 09:45-10:00`,
        `${day} 11:00-11:05`,
      ]),
    },
  },
  {
    id: "five choices",
    why: "what is offered can be chosen from",
    people: [guest("Eva")],
    expected: { choices: 5, half_days: 3 },
  },
  {
    id: "gap on Monday",
    why: "the only time before Friday is worth offering",
    people: [guest("Eva", [
      "mon 09:00-10:00",
      "mon 10:30-17:00",
      `tue ${WORK}`,
      `wed ${WORK}`,
      `thu ${WORK}`,
    ])],
    expected: { among: { span: "mon 10:00-10:30", within: 4 } },
  },
  {
    id: "as soon as possible",
    why: "is the first free start",
    people: [guest("Eva", ["09:00-09:15"])],
    asked: { priority: "soonest" },
    expected: { best: ["mon 09:15-09:45"] },
  },
  {
    id: "an hour in two weeks",
    why: "early in the first of them",
    people: [guest("Eva"), guest("Tom", ["09:00-10:00"])],
    asked: { duration_minutes: 60, latest_date: "2030-01-18" },
    expected: { best: ["mon 10:00-12:00", "mon 13:00-16:00"] },
  },
  {
    id: "morning person",
    why: "gets a morning",
    people: [guest("Eva", [], { preferences: { morning_person_score: 1 } })],
    expected: { best: ["mon 09:00-12:00", "tue 09:00-12:00"] },
  },
  {
    id: "Tokyo until ten",
    why: "as early in Paris as there is",
    people: [guest("Aki", [], { timezone: "Asia/Tokyo", ...open("09:00", "22:00") })],
    expected: { best: ["mon 09:00-11:00"] },
  },
  {
    id: "optional and free on Tuesday",
    why: "is worth a day",
    people: [guest("Eva"), guest("Otto", [`mon ${WORK}`], { type: "optional" })],
    expected: { best: [`mon ${WORK}`, `tue ${WORK}`] },
  },
  {
    id: "from seven to ten at night",
    why: "possible hours are not wanted hours",
    people: [guest("Eva")],
    asked: { working_hours_start: 7, working_hours_end: 22 },
    expected: { best: ["mon 09:00-12:00", "mon 13:00-16:30"] },
  },
  {
    id: "on the weekend",
    why: "asked for by name, in the daytime",
    people: [guest("Eva")],
    asked: {
      earliest_date: "2030-01-12",
      latest_date: "2030-01-13",
      allowed_days: ["saturday", "sunday"],
    },
    expected: { best: [`sat ${WORK}`] },
  },
  {
    id: "a quarter of an hour",
    why: "beside the one meeting of the day",
    people: [guest("Eva", ["11:00-12:00"])],
    asked: { duration_minutes: 15 },
    expected: { best: ["mon 09:00-10:45", "mon 13:00-16:00"] },
  },
];
