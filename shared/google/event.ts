import * as z from "zod/mini";

export type SendUpdates = "all" | "externalOnly" | "none";

/**
 * The fields of Google's Event that Convene uses; all others are left out. Only `id` is required:
 * private and cancelled events come with little else, and not every copy names an organizer.
 */
export const EVENT = z.lazy(event);

/** Later than at the start: a process builds two hundred schemas here, and its first requests may read no event. */
function event() {
  const EVENT_TIME = z.object({
    date: z.optional(z.string()),
    dateTime: z.optional(z.string()),
    timeZone: z.optional(z.string()),
  });

  const PERSON = z.object({
    email: z.optional(z.string()),
    displayName: z.optional(z.string()),
    self: z.optional(z.boolean()),
  });

  const ATTENDEE = z.object({
    email: z.optional(z.string()),
    displayName: z.optional(z.string()),
    self: z.optional(z.boolean()),
    organizer: z.optional(z.boolean()),
    optional: z.optional(z.boolean()),
    resource: z.optional(z.boolean()),
    responseStatus: z.optional(z.string()),
    comment: z.optional(z.string()),
    additionalGuests: z.optional(z.number()),
  });

  const CONFERENCE = z.object({
    conferenceId: z.optional(z.string()),
    conferenceSolution: z.optional(z.object({
      key: z.optional(z.object({ type: z.optional(z.string()) })),
      name: z.optional(z.string()),
      iconUri: z.optional(z.string()),
    })),
    createRequest: z.optional(z.object({
      requestId: z.optional(z.string()),
      status: z.optional(z.object({ statusCode: z.optional(z.string()) })),
    })),
    entryPoints: z.optional(z.array(z.object({
      entryPointType: z.optional(z.string()),
      uri: z.optional(z.string()),
      label: z.optional(z.string()),
      pin: z.optional(z.string()),
      accessCode: z.optional(z.string()),
      meetingCode: z.optional(z.string()),
      passcode: z.optional(z.string()),
      password: z.optional(z.string()),
      regionCode: z.optional(z.string()),
    }))),
    notes: z.optional(z.string()),
    signature: z.optional(z.string()),
    parameters: z.optional(z.unknown()),
  });

  const ATTACHMENT = z.object({
    fileUrl: z.optional(z.string()),
    title: z.optional(z.string()),
    mimeType: z.optional(z.string()),
    iconLink: z.optional(z.string()),
    fileId: z.optional(z.string()),
  });

  return z.object({
    id: z.string(),
    etag: z.optional(z.string()),
    status: z.optional(z.string()),
    htmlLink: z.optional(z.string()),
    hangoutLink: z.optional(z.string()),
    iCalUID: z.optional(z.string()),
    summary: z.optional(z.string()),
    description: z.optional(z.string()),
    location: z.optional(z.string()),
    colorId: z.optional(z.string()),
    created: z.optional(z.string()),
    updated: z.optional(z.string()),
    sequence: z.optional(z.number()),
    creator: z.optional(PERSON),
    organizer: z.optional(PERSON),
    attendees: z.optional(z.array(ATTENDEE)),
    attendeesOmitted: z.optional(z.boolean()),
    start: z.optional(EVENT_TIME),
    end: z.optional(EVENT_TIME),
    originalStartTime: z.optional(EVENT_TIME),
    recurringEventId: z.optional(z.string()),
    recurrence: z.optional(z.array(z.string())),
    conferenceData: z.optional(CONFERENCE),
    extendedProperties: z.optional(z.object({
      private: z.optional(z.record(z.string(), z.string())),
      shared: z.optional(z.record(z.string(), z.string())),
    })),
    reminders: z.optional(z.object({
      useDefault: z.optional(z.boolean()),
      overrides: z.optional(z.array(z.object({ method: z.string(), minutes: z.number() }))),
    })),
    transparency: z.optional(z.string()),
    visibility: z.optional(z.string()),
    eventType: z.optional(z.string()),
    birthdayProperties: z.optional(z.object({
      type: z.optional(z.string()),
      contact: z.optional(z.string()),
    })),
    source: z.optional(z.object({ url: z.optional(z.string()), title: z.optional(z.string()) })),
    attachments: z.optional(z.array(ATTACHMENT)),
    guestsCanModify: z.optional(z.boolean()),
    guestsCanInviteOthers: z.optional(z.boolean()),
    guestsCanSeeOtherGuests: z.optional(z.boolean()),
  });
}

export type GoogleEvent = z.infer<typeof EVENT>;
export type GoogleAttendee = NonNullable<GoogleEvent["attendees"]>[number];
export type GoogleEventTime = NonNullable<GoogleEvent["start"]>;
export type GoogleConference = NonNullable<GoogleEvent["conferenceData"]>;
export type GoogleAttachment = NonNullable<GoogleEvent["attachments"]>[number];

/**
 * One page of events.list or events.instances; a short or empty page may still have a next one.
 * `timeZone` is the calendar's own, `accessRole` what the user may do on it.
 */
export const EVENT_PAGE = z.lazy(() =>
  z.pipe(
    z.object({
      items: z.optional(z.array(EVENT)),
      nextPageToken: z.optional(z.string()),
      nextSyncToken: z.optional(z.string()),
      timeZone: z.optional(z.string()),
      accessRole: z.optional(z.string()),
    }),
    z.transform(({ items = [], ...tokens }) => ({ events: items, ...tokens })),
  )
);

export type EventPage = z.output<typeof EVENT_PAGE>;

/** The field mask of such a page: exactly its fields and those of `EVENT`. */
export function eventPageFields(): string {
  const names = Object.keys(EVENT._zod.innerType.shape).join(",");
  return `accessRole,nextPageToken,nextSyncToken,timeZone,items(${names})`;
}

/** Timed: `dateTime` with offset and an IANA `timeZone`. All day: `date`. To switch, null the other. */
export interface EventTimeInput {
  date?: string | null;
  dateTime?: string | null;
  timeZone?: string | null;
}

export interface AttendeeInput {
  email: string;
  displayName?: string;
  optional?: boolean;
  resource?: boolean;
  /** Leave it out only for a new guest: Google resets the answer of a guest sent without it. */
  responseStatus?: string;
  comment?: string;
  additionalGuests?: number;
}

/** What Convene writes of an event. `start` and `end` are required by Google on insert. */
export interface EventInput {
  id?: string;
  status?: "confirmed" | "tentative" | "cancelled";
  summary?: string;
  description?: string;
  location?: string;
  colorId?: string;
  start?: EventTimeInput;
  end?: EventTimeInput;
  recurrence?: string[];
  attendees?: AttendeeInput[];
  /** Google takes it as a whole: always both members, at most five overrides. */
  reminders?: {
    useDefault: boolean;
    overrides: { method: "email" | "popup"; minutes: number }[];
  };
  /** A request for a Meet link, or the conference of an add-on as another event has it. */
  conferenceData?: Omit<GoogleConference, "createRequest"> & {
    createRequest?: { requestId: string; conferenceSolutionKey: { type: "hangoutsMeet" } };
  };
  /** At most 25. Google writes them only with supportsAttachments=true. */
  attachments?: GoogleAttachment[];
  source?: { url?: string | undefined; title?: string | undefined };
  /** Keys up to 44 characters, values up to 1024: Google cuts longer ones without a word. */
  extendedProperties?: {
    private?: Record<string, string | null>;
    shared?: Record<string, string | null>;
  };
  transparency?: "opaque" | "transparent";
  visibility?: "default" | "public" | "private" | "confidential";
  guestsCanModify?: boolean;
  guestsCanInviteOthers?: boolean;
  guestsCanSeeOtherGuests?: boolean;
}

/** A patch: absent fields stay, null deletes, arrays are replaced whole. */
export type EventPatch = { [Field in keyof EventInput]?: EventInput[Field] | null };

/** The Meet link of an event once Google has made it; it may come some seconds after the event. */
export function meetLink(event: GoogleEvent): string | null {
  const video = event.conferenceData?.entryPoints?.find((entry) =>
    entry.entryPointType === "video"
  );
  return video?.uri ?? event.hangoutLink ?? null;
}

/** Whether the event has a conference, or Google still makes one, and it is not the one of an add-on such as Zoom. */
export function hasMeet(event: GoogleEvent): boolean {
  return hasConference(event) && event.conferenceData?.conferenceSolution?.key?.type !== "addOn";
}

/** Whether the event has a conference, or Google still makes one. */
export function hasConference({ conferenceData, hangoutLink }: GoogleEvent): boolean {
  const status = conferenceData?.createRequest?.status?.statusCode;
  return hangoutLink !== undefined || (conferenceData?.entryPoints ?? []).length > 0 ||
    status === "pending";
}
