import { displayName } from "@shared/schemas/participant.ts";
import { dateText, timeText } from "@shared/time/time_text.ts";
import { readMoment } from "@shared/time/wall_time.ts";
import type {
  ConflictNotice,
  ConnectionNotice,
  GivenUpNotice,
  MeetingNotice,
  MovedNotice,
  Notice,
  ProposedNotice,
  RepliedNotice,
} from "./notice.ts";

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
  cancelled_in_google: "Meeting deleted in Google Calendar",
} as const;

const REPLIES = {
  accepted: "Accepted",
  declined: "Declined",
  tentative: "Maybe",
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
    case "replied":
      return repliedWording(notice.meeting);
    case "conflict":
      return conflictWording(notice.meeting);
    case "proposed":
      return proposedWording(notice.meeting);
    case "moved":
    case "rescheduled":
      return movedWording(notice.event, notice.meeting);
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
      ...(event === "cancelled_in_google" ? [NOT_INVITED_AGAIN] : []),
      ["Meeting", meeting.meeting_id],
    ],
    links: event === "created"
      ? [...link("Open in Google Calendar", meeting.google_event_link), ...meetLinks(meeting)]
      : [],
  };
}

const NOT_INVITED_AGAIN: [label: string, text: string] = [
  "Guests",
  "Google Calendar deleted the event for them; Convene invites no guest again automatically.",
];

function repliedWording(meeting: RepliedNotice): Wording {
  const { email, response_status, comment, additional_guests } = meeting.reply;
  return {
    headline: headline(`${REPLIES[response_status]} by ${email}`, meeting),
    facts: [
      ...about("When", meeting),
      ...(comment === null ? [] : [["Comment", comment] as [string, string]]),
      ...(additional_guests === 0
        ? []
        : [["Brings", String(additional_guests)] as [string, string]]),
      ["Meeting", meeting.meeting_id],
    ],
    links: link("Open in Google Calendar", meeting.google_event_link),
  };
}

function movedWording(event: "moved" | "rescheduled", meeting: MovedNotice): Wording {
  const before = slot({ ...meeting, ...meeting.moved_from });
  return {
    headline: headline(
      event === "moved" ? "Meeting moved in Google Calendar" : "Meeting moved by Convene",
      meeting,
    ),
    facts: [
      ...about("Now", meeting),
      ...(before === null ? [] : [["Before", before] as [string, string]]),
      ["Meeting", meeting.meeting_id],
    ],
    links: [
      ...link("Open in Google Calendar", meeting.google_event_link),
      ...meetLinks(meeting),
    ],
  };
}

function conflictWording(meeting: ConflictNotice): Wording {
  const { conflicts, alternatives } = meeting.conflict;
  return {
    headline: headline("Conflict with the time of a meeting", meeting),
    facts: [
      ...about("When", meeting),
      ["Busy then", conflicts.map(({ email }) => email).join(", ")],
      ...(alternatives.length === 0
        ? []
        : [otherTimes("Free for everybody", meeting, alternatives)]),
      ["What to do", "Set another time with PATCH meetings, or leave the meeting where it is."],
      ["Meeting", meeting.meeting_id],
    ],
    links: link("Open in Google Calendar", meeting.google_event_link),
  };
}

const BECAUSE: Readonly<Record<string, string>> = {
  conflict: "Another event takes the time.",
  quorum_lost: "Too few required people can come.",
  required_declined: "A required person or a room declined.",
};

function proposedWording(meeting: ProposedNotice): Wording {
  const { proposal, timezone } = meeting;
  const proposed = slot({ ...meeting, ...proposal });
  const others = proposal.alternatives.filter(({ start_time }) =>
    Date.parse(start_time) !== Date.parse(proposal.start_time)
  );
  return {
    headline: headline("Another time is proposed for a meeting", meeting),
    facts: [
      ...about("Now", meeting),
      ...(proposed === null ? [] : [["Proposed", proposed] as [string, string]]),
      ...(others.length === 0 ? [] : [otherTimes("Or", meeting, others)]),
      ["Why", BECAUSE[proposal.trigger] ?? proposal.trigger],
      ["Answer until", moment(proposal.expires_at, timezone ?? "UTC")],
      ["What to do", "Accept or reject it with POST meetings/moves."],
      ["Meeting", meeting.meeting_id],
    ],
    links: link("Open in Google Calendar", meeting.google_event_link),
  };
}

function otherTimes(
  label: string,
  { timezone }: MeetingNotice,
  times: readonly { start_time: string }[],
): [label: string, text: string] {
  const zone = timezone ?? "UTC";
  return [label, times.map(({ start_time }) => moment(start_time, zone)).join("; ")];
}

function moment(instant: string, zone: string): string {
  const read = readMoment(instant, zone);
  return `${dateText(read, "EEEE, d MMMM yyyy")}, ${timeText(read)} (${zone})`;
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
  const [start, end] = [readMoment(start_time, zone), readMoment(end_time, zone)];
  const [first_day, last_day] = [start, end].map((moment) => dateText(moment, "EEEE, d MMMM yyyy"));
  const until = first_day === last_day ? timeText(end) : `${last_day}, ${timeText(end)}`;
  return `${first_day}, ${timeText(start)} to ${until} (${zone})`;
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
