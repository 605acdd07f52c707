/** How a guest has answered. */
export type ResponseStatus = "needsAction" | "declined" | "tentative" | "accepted";

/** A guest as Convene returns one. */
export interface TrackedAttendee {
  email: string;
  displayName?: string;
  organizer?: boolean;
  self?: boolean;
  optional?: boolean;
  resource?: boolean;
  responseStatus: ResponseStatus;
  comment?: string;
  additionalGuests?: number;
}
