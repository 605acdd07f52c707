import { formatInTimeZone } from "date-fns-tz";
import { displayName } from "@shared/schemas/participants.ts";
import type { ConnectionNotice, GivenUpNotice, MeetingNotice, Notice } from "./notice.ts";

/** A notice as a person reads it; plain text everywhere, each channel escapes for itself. */
export interface Wording {
  headline: string;
  facts: [label: string, text: string][];
  links: [label: string, url: string][];
}

const HEADLINES = {
  created: "Meeting scheduled",
  failed: "Meeting could not be scheduled",
  cancelled: "Meeting cancelled",
} as const;

/** What was given up, and what that leaves on the calendar. */
const GIVEN_UP = {
  update: {
    headline: "Meeting could not be changed",
    when: "Wanted",
    state: "The event on Google Calendar was not changed, and no guest was notified.",
  },
  cancel: {
    headline: "Meeting could not be cancelled",
    when: "When",
    state: "The event on Google Calendar was not deleted, and no guest was notified.",
  },
} as const;

/** Slack shows 150 characters of a header and no mail client shows more of a subject. */
const MAX_HEADLINE = 150;
/** Slack's limit for a section is 3000 characters; a few hundred say everything. */
const MAX_FACT = 500;
const MAX_NAMES = 5;

export function wordingOf(notice: Notice): Wording {
  const wording = wordingFor(notice);
  return {
    ...wording,
    headline: shorten(wording.headline, MAX_HEADLINE),
    facts: wording.facts.map(([label, text]) => [label, shorten(text, MAX_FACT)]),
  };
}

function wordingFor(notice: Notice): Wording {
  switch (notice.event) {
    case "needs_reauth":
      return connectionWording(notice.connection);
    case "given_up":
      return givenUpWording(notice.meeting);
    default:
      return meetingWording(notice.event, notice.meeting);
  }
}

function meetingWording(event: keyof typeof HEADLINES, meeting: MeetingNotice): Wording {
  return {
    headline: headline(HEADLINES[event], meeting),
    facts: [
      ...about("When", meeting),
      ...(event === "failed" ? [why(meeting)] : []),
      ["Meeting", meeting.meeting_id],
    ],
    links: event === "created"
      ? [...link("Open in Google Calendar", meeting.google_event_link), ...meetLinks(meeting)]
      : [],
  };
}

function givenUpWording(meeting: GivenUpNotice): Wording {
  const given_up = GIVEN_UP[meeting.operation];
  return {
    headline: headline(given_up.headline, meeting),
    facts: [
      ...about(given_up.when, meeting),
      ["Calendar", given_up.state],
      why(meeting),
      ["Meeting", meeting.meeting_id],
    ],
    links: link("Open in Google Calendar", meeting.google_event_link),
  };
}

function headline(what: string, meeting: MeetingNotice): string {
  return `${what}: ${meeting.title?.trim() || names(meeting)}`;
}

/** When and with whom, as far as there is something to say. */
function about(label: string, meeting: MeetingNotice): Wording["facts"] {
  const when = slot(meeting);
  const facts: Wording["facts"] = when === null ? [] : [[label, when]];
  return meeting.participants.length > 0 ? [...facts, ["With", names(meeting)]] : facts;
}

function why({ error }: MeetingNotice): [label: string, text: string] {
  return ["Why", error ?? "No reason was stored."];
}

function connectionWording({ email, reason }: ConnectionNotice): Wording {
  return {
    headline: "Google has to be connected again",
    facts: [
      ["Account", email],
      ["Why", reason ?? "invalid_grant"],
      ["What to do", "Connect Google again. Waiting meetings then continue automatically."],
    ],
    links: [],
  };
}

/** Both ends in the meeting's own zone; the date only once. */
function slot({ start_time, end_time, timezone }: MeetingNotice): string | null {
  if (start_time === null || end_time === null) return null;
  const zone = timezone ?? "UTC";
  const start = formatInTimeZone(new Date(start_time), zone, "EEEE, d MMMM yyyy, HH:mm");
  const sameDay = formatInTimeZone(new Date(start_time), zone, "yyyyMMdd") ===
    formatInTimeZone(new Date(end_time), zone, "yyyyMMdd");
  const end = formatInTimeZone(
    new Date(end_time),
    zone,
    sameDay ? "HH:mm" : "EEEE, d MMMM yyyy, HH:mm",
  );
  return `${start} to ${end} (${zone})`;
}

function names({ participants, meeting_id }: MeetingNotice): string {
  const known = participants.flatMap(({ email, name }) =>
    email === null ? [] : [displayName({ email, ...(name === null ? {} : { name }) })]
  );
  if (known.length === 0) return meeting_id;
  const more = known.length - MAX_NAMES;
  return known.slice(0, MAX_NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function meetLinks({ meet_link }: MeetingNotice): Wording["links"] {
  return link("Join with Google Meet", meet_link);
}

/** Only https is worth a button; anything else would come from somewhere we do not know. */
function link(label: string, url: string | null): Wording["links"] {
  return url !== null && url.startsWith("https://") ? [[label, url]] : [];
}

function shorten(text: string, limit: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1)}…`;
}
