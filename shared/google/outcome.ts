/** What went wrong with one request to Google, as far as it can be told without its sender. */
export interface RemoteFault {
  /** HTTP status; null when no HTTP answer arrived. */
  status: number | null;
  /** Google's own reason, or ours where there is none: "timeout", "connection_lost", "http_502"... */
  reason: string;
  message: string;
  /** The first 500 characters of the answer, with anything that looks like a credential removed. */
  body: string;
}

/**
 * Every way a request can fail, named by what the caller may do next:
 * `retry` nothing landed, ask again later; `unknown` it may have landed, look before writing again;
 * `reconnect` the user must grant access again; `reject` it will never work, show it to a person.
 */
export type GoogleFailure =
  | {
    kind: "retry";
    /** Seconds to wait at least; absent: the caller's own backoff decides. */
    not_before_seconds?: number;
    /** Who has to slow down: everyone, this user, or only this request. */
    scope: "user" | "project" | "request";
    /** The request was held back: the user's connection could not be used just now. */
    held_back?: true;
    fault: RemoteFault;
  }
  | { kind: "unknown"; fault: RemoteFault }
  | { kind: "reconnect"; fault: RemoteFault }
  | { kind: "reject"; fault: RemoteFault };

/** The result of one request to Google. Requests never throw for anything Google or the network does. */
export type GoogleOutcome<T> = { kind: "done"; status: number; value: T } | GoogleFailure;

/** A read may simply be asked again; a write whose answer is lost may have taken effect. */
export type RequestKind = "read" | "write";
