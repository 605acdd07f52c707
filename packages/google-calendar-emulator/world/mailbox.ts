/** One mail that Google would have sent to a guest. */
export interface Mail {
  /** Position in the log, from 1. */
  id: number;
  /** RFC 3339, the emulator's clock. */
  at: string;
  to: string;
  kind: MailKind;
  event_id: string;
  calendar_id: string;
  summary: string;
  organizer: string;
  start: string;
}

export type MailKind = "invitation" | "update" | "cancellation";

export interface MailFilter {
  to?: string | undefined;
  event_id?: string | undefined;
  calendar_id?: string | undefined;
  kind?: string | undefined;
}

/** The mail log of one emulator, oldest first. */
export class Mailbox {
  #mails: Mail[] = [];

  add(mail: Omit<Mail, "id">): void {
    this.#mails.push({ id: this.#mails.length + 1, ...mail });
  }

  list(filter: MailFilter): Mail[] {
    return this.#mails.filter((mail) =>
      (filter.to === undefined || mail.to === filter.to.toLowerCase()) &&
      (filter.event_id === undefined || mail.event_id === filter.event_id) &&
      (filter.calendar_id === undefined || mail.calendar_id === filter.calendar_id) &&
      (filter.kind === undefined || mail.kind === filter.kind)
    );
  }
}
