import type {
  BusyInterval,
  SchedulingRequest,
} from "@shared/scheduling/input/scheduling_request.ts";

/** Google answers for at most 50 calendars at once. */
const CALENDARS_PER_REPLY = 50;

interface FreeBusyReply {
  calendars: Record<string, { busy: BusyInterval[] }>;
}

/** The busy intervals of a request as the bodies of Google's freeBusy replies. */
export function freeBusyReplies({ constraints, participants }: SchedulingRequest): string[] {
  const bodies: string[] = [];
  for (let i = 0; i < participants.length; i += CALENDARS_PER_REPLY) {
    const some = participants.slice(i, i + CALENDARS_PER_REPLY);
    bodies.push(JSON.stringify({
      kind: "calendar#freeBusy",
      timeMin: constraints.earliest_date,
      timeMax: constraints.latest_date,
      calendars: Object.fromEntries(some.map(({ email, busy }) => [email, { busy }])),
    }));
  }
  return bodies;
}

/** The least that anyone has to do with the replies. */
export function parseReplies(bodies: readonly string[]): FreeBusyReply[] {
  return bodies.map((body): FreeBusyReply => JSON.parse(body));
}

/** The request with the busy intervals of parsed replies, as a program would hold them. */
export function withReplies(
  request: SchedulingRequest,
  replies: readonly FreeBusyReply[],
): SchedulingRequest {
  const calendars = Object.assign({}, ...replies.map((reply) => reply.calendars));
  return {
    ...request,
    participants: request.participants.map((one) => ({
      ...one,
      busy: calendars[one.email]?.busy ?? "unknown",
    })),
  };
}
