import { dateText, timeText, zoneText } from "@shared/time/time_text.ts";
import { readMoment, rfc3339 } from "@shared/time/wall_time.ts";
import type { Platform } from "../platform.ts";
import type { CalendarFile, Person } from "./cast.ts";
import { calendarLines, calendarReports } from "./calendar_lines.ts";
import type { DemoOptions } from "./demo_options.ts";
import { busyPicture, candidateBars, type RankedCandidate } from "./picture.ts";
import { askMore } from "./more_questions.ts";
import { type DemoReport, emptyReport } from "./report.ts";
import { AUTO_RESCHEDULE, playSecondAct } from "./second_act.ts";
import { askForRoomAndLunch } from "./room_and_lunch.ts";
import { setStage, type Stage } from "./stage.ts";
import { nextWorkingWeek } from "./window.ts";

/** Says something to the person who watches: a heading and lines below it. */
export type Tell = (heading: string, lines?: readonly string[]) => void;

interface Question {
  people: readonly Person[];
  organizer: Person;
  timezone: string;
  from: string;
  to: string;
  constraints: Record<string, unknown>;
}

type Status = Record<string, unknown>;

/** How long an automatic step of the platform may last. */
const PATIENCE_MS = 30_000;

const INSERTS = "^/calendar/v3/calendars/[^/]+/events$";

/** Plays the demo on a running platform and reports what happened; `problems` is what did not hold. */
export async function playStory(
  platform: Platform,
  files: readonly CalendarFile[],
  options: DemoOptions,
  tell: Tell,
): Promise<DemoReport> {
  const stage = await setStage(platform, files);
  const report = await tellStory(stage, options, tell);
  return { ...report, calendars: calendarReports(stage.people) };
}

async function tellStory(stage: Stage, options: DemoOptions, tell: Tell): Promise<DemoReport> {
  const { people } = stage;
  const question = ask(people, options);
  tell("Calendars", calendarLines(people));
  await tellBusyTime(stage, question, tell);

  const meeting_id = crypto.randomUUID();
  await insert(stage, {
    meeting_id,
    participants: participants(people),
    constraints: question.constraints,
    auto_reschedule: AUTO_RESCHEDULE,
  });
  tell("One row inserted with supabase-js, nothing else is called", [
    `insert into meetings (meeting_id, participants, constraints)`,
    `${options.duration_minutes} minutes between ${question.from} and ${question.to}, ${question.timezone}`,
  ]);
  const status = await ended(stage, meeting_id);
  const is_own_cast = options.calendars === null && options.participants === null;
  if (status.status !== "created") return tellRefusal(meeting_id, status, is_own_cast, tell);

  tellCandidates(status, question, tell);
  const report = await tellEvent(stage, question, meeting_id, status, tell);
  report.second_call_already_exists = await secondCall(stage, report, tell);
  report.recovered_after_lost_reply = await lostReply(stage, question, report, tell);
  if (is_own_cast) {
    const { constraints, timezone } = question;
    const asked = { participants: participants(people), constraints, timezone };
    Object.assign(report, await askMore(stage, people, asked, tell));
    Object.assign(report, await askForRoomAndLunch(stage, people, asked, tell));
    const second_act = await playSecondAct(stage, people, { meeting_id, timezone }, tell);
    // In a window that the command line names there may be no second time; in the usual week there is one.
    const is_answer = second_act.kept_reason === "no_common_slot" && options.from !== null;
    if (!is_answer) Object.assign(report, second_act);
  }
  return withProblems(report, people);
}

function ask(people: readonly Person[], options: DemoOptions): Question {
  const [organizer] = people;
  if (organizer === undefined) throw new Error("There is no participant");
  const timezone = options.timezone ?? organizer.timezone;
  const week = nextWorkingWeek(new Date(), timezone);
  const from = options.from ?? week.from;
  const to = options.to ?? week.to;
  return {
    people,
    organizer,
    timezone,
    from,
    to,
    constraints: {
      duration_minutes: options.duration_minutes,
      earliest_date: from,
      latest_date: to,
      working_hours_start: options.hours.start,
      working_hours_end: options.hours.end,
      timezone,
    },
  };
}

function participants(people: readonly Person[]) {
  return people.map(({ email, name, timezone }) => ({ email, name, timezone }));
}

async function insert(stage: Stage, row: Record<string, unknown>): Promise<void> {
  const { error } = await stage.supabase.from("meetings").insert(row);
  if (error !== null) throw new Error(`The insert was refused: ${error.message}`);
}

async function tellBusyTime(stage: Stage, question: Question, tell: Tell): Promise<void> {
  const { people, from, to, timezone } = question;
  const end = new Date(Date.parse(to) + 2 * 86_400_000).toISOString();
  const start = new Date(Date.parse(from) - 86_400_000).toISOString();
  const busy = await stage.busy(people, start, end);
  tell(`Busy time, by the clock in ${timezone} (█ taken)`, busyPicture(people, busy, question));
}

/** The meeting's status once nothing more will happen to it. */
async function ended(stage: Stage, meeting_id: string): Promise<Status> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const { body } = await stage.call("status", {
      query: `?meeting_id=${meeting_id}&candidates=true`,
    });
    const { status, scheduling_status } = body;
    if (status === "created" || status === "failed" || scheduling_status === "failed") return body;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Nothing became of the meeting within ${PATIENCE_MS / 1000} s`);
}

/** With calendars of others it is an answer that no time fits; the demo's own people have one in every week. */
function tellRefusal(
  meeting_id: string,
  status: Status,
  is_own_cast: boolean,
  tell: Tell,
): DemoReport {
  const details = (status.scheduling_details ?? {}) as Partial<DemoReport>;
  const { empty_reason, blocking, suggestion, unknown } = details;
  const [error = "", ...rest] = String(status.error).split(": ");
  const message = rest.join(": ");
  const answers = is_own_cast ? [] : ["no_common_slot", "calendar_unreadable"];
  tell("No time fits everyone, and nothing was written", [error, message]);
  return {
    ...emptyReport(meeting_id),
    writeback_status: status.status as string | null,
    error,
    message,
    ...(empty_reason === undefined ? {} : { empty_reason }),
    ...(blocking === undefined ? {} : { blocking }),
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(unknown === undefined ? {} : { unknown }),
    ...(answers.includes(error) ? {} : { problems: [`${error}: ${message}`] }),
  };
}

function tellCandidates(status: Status, question: Question, tell: Tell): void {
  const candidates = status.candidates as RankedCandidate[];
  tell("Ranked candidates", candidateBars(candidates, question.people, question.timezone));
  const start = readMoment(String(status.start_time), question.timezone);
  tell("The best one, and why", [
    `${dateText(start, "EEEE d MMMM yyyy")}, ${timeText(start)} ${zoneText(start)}`,
    String(status.reasoning),
  ]);
}

async function tellEvent(
  stage: Stage,
  { organizer, timezone }: Question,
  meeting_id: string,
  status: Status,
  tell: Tell,
): Promise<DemoReport> {
  const google_event_id = String(status.google_event_id);
  const events = await ownEvents(stage, organizer);
  const event = events.find(({ id }) => id === google_event_id);
  const mails = await stage.google.mails({ event_id: google_event_id, kind: "invitation" });
  tell("The event as Google stored it", [
    `${event?.summary}`,
    `link       ${event?.htmlLink}`,
    `Meet       ${event?.hangoutLink}`,
    `guests     ${
      event?.attendees?.map(({ email, responseStatus }) => `${email} (${responseStatus})`).join(
        ", ",
      )
    }`,
    `reminders  ${
      event?.reminders?.overrides?.map(({ method, minutes }) => `${method} ${minutes} min before`)
        .join(", ")
    }`,
    "",
    ...(event?.description ?? "").split("\n"),
  ]);
  tell(
    "Mail that Google sent",
    mails.map(({ to, kind, summary }) => `${kind} to ${to}: ${summary}`),
  );
  tell("Status", [
    `writeback_status ${status.status}, ${status.retry_count} retries, succeeded at ${status.succeeded_at}`,
  ]);
  const local = (instant: unknown) => rfc3339(readMoment(String(instant), timezone));
  return {
    ...emptyReport(meeting_id),
    writeback_status: String(status.status),
    google_event_id,
    google_event_link: String(status.google_event_link),
    meet_link: status.meet_link as string | null,
    start_time: local(status.start_time),
    end_time: local(status.end_time),
    score: Number(status.score),
    candidates: status.candidates as unknown[],
    events_on_calendar: events.length,
    invitations_sent: mails.length,
  };
}

async function secondCall(stage: Stage, report: DemoReport, tell: Tell): Promise<boolean> {
  const before = (await stage.google.mails()).length;
  const { body } = await stage.call("write-back", { body: { meeting_id: report.meeting_id } });
  const [result] = body.results as Record<string, unknown>[];
  const mailed = (await stage.google.mails()).length - before;
  tell("A second write-back of the same meeting", [
    `already_exists ${result?.already_exists}, same id ${
      result?.google_event_id === report.google_event_id
    }, ${mailed} mails`,
  ]);
  return result?.already_exists === true && result.google_event_id === report.google_event_id &&
    mailed === 0;
}

/** A week later the same people meet again, and Google's answer is lost after the event was stored. */
async function lostReply(
  stage: Stage,
  { organizer, people, timezone }: Question,
  report: DemoReport,
  tell: Tell,
): Promise<boolean> {
  const later = (instant: string | null) =>
    new Date(Date.parse(String(instant)) + 7 * 86_400_000).toISOString();
  const meeting_id = crypto.randomUUID();
  await stage.google.fault({ method: "POST", path_pattern: INSERTS, drop: "after", times: 1 });
  await insert(stage, {
    meeting_id,
    title: "The same again, a week later",
    participants: participants(people),
    starts_at: later(report.start_time),
    ends_at: later(report.end_time),
    timezone,
  });
  const query = `?meeting_id=${meeting_id}`;
  const deadline = Date.now() + PATIENCE_MS;
  let lost: Status = {};
  while (lost.status !== "retrying" && Date.now() < deadline) {
    lost = (await stage.call("status", { query })).body;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const retry = await stage.call("write-back", { body: { meeting_id } });
  const [result] = (retry.body.results ?? []) as Record<string, unknown>[];
  const events = (await ownEvents(stage, organizer)).filter(({ id }) =>
    id !== report.google_event_id
  );
  const invited = await stage.google.mails({ event_id: String(result?.google_event_id) });
  tell("A write-back whose response was lost after Google stored the event", [
    `after the loss   ${lost.status}: ${lost.error}`,
    `after the retry  ${retry.body.message}, already_exists ${result?.already_exists}`,
    `on the calendar  ${events.length} event, ${invited.length} invitations, none of them twice`,
  ]);
  return lost.status === "retrying" && result?.already_exists === true && events.length === 1 &&
    new Set(invited.map(({ to }) => to)).size === invited.length;
}

/** The live events that Convene wrote on the organizer's calendar. */
async function ownEvents(stage: Stage, { email }: Person) {
  const events = await stage.google.events({ calendar_id: email, status: "live" });
  return events.filter(({ id }) => id.startsWith("convene"));
}

function withProblems(report: DemoReport, people: readonly Person[]): DemoReport {
  const expected = people.length - 1;
  const problems = [
    report.writeback_status === "created" ? null : "the meeting was not created",
    report.events_on_calendar === 1 ? null : `${report.events_on_calendar} events instead of one`,
    report.meet_link === null ? "there is no Meet link" : null,
    report.invitations_sent === expected
      ? null
      : `${report.invitations_sent} invitations instead of ${expected}`,
    report.second_call_already_exists ? null : "the second call wrote or mailed again",
    report.recovered_after_lost_reply ? null : "the lost reply was not recovered",
    report.negotiated === false ? "the longer meeting was not negotiated" : null,
    report.refused_by_name === false ? "the hidden calendar was not refused by name" : null,
    report.room_chosen === false ? "the free room was not chosen" : null,
    report.lunch_kept === false ? "a lunch hour changed nothing" : null,
    report.answered_with_permission === false
      ? "the hidden calendar was not read after its owner had allowed it"
      : null,
    report.moved_automatically === false ? "the meeting did not move after the decline" : null,
    report.same_event_after_move === false ? "the move changed the event or its Meet link" : null,
    report.mails_per_guest?.some((mails) => mails !== 1)
      ? `the guests got ${
        report.mails_per_guest.join(" and ")
      } mails of the move instead of one each`
      : null,
  ].filter((problem) => problem !== null);
  return problems.length === 0 ? report : { ...report, problems };
}
