/** One request to the Google surface (the control surface is not recorded). */
export interface RecordedRequest {
  id: number;
  /** RFC 3339, the emulator's clock. */
  at: string;
  method: string;
  path: string;
  query: Record<string, string[]>;
  /** Parsed JSON or form fields; text where neither; null without body. */
  body: unknown;
  /** If-Match and If-None-Match, when sent. */
  if_match: string | null;
  if_none_match: string | null;
  /** The account whose token was used, when known. */
  user: string | null;
  /** null while in progress, and for a connection that was dropped. */
  status: number | null;
  /** Google's reason of an error answer. */
  reason: string | null;
  /** The fault that was injected, by id. */
  fault_id: number | null;
  dropped: "before" | "after" | null;
  /** Real milliseconds from arrival to answer. */
  duration_ms: number | null;
}

export interface RequestFilter {
  method?: string | undefined;
  /** Prefix of the path. */
  path?: string | undefined;
  status?: number | undefined;
  user?: string | undefined;
  since_id?: number | undefined;
}

/** Old entries go first beyond this many, so that load tests do not fill the memory. */
const kept_requests = 50_000;

/** The request log of one emulator, oldest first. */
export class RequestLog {
  #requests: RecordedRequest[] = [];
  #last_id = 0;

  open(request: Omit<RecordedRequest, "id">): RecordedRequest {
    const recorded = { id: ++this.#last_id, ...request };
    this.#requests.push(recorded);
    if (this.#requests.length > kept_requests * 1.1) {
      this.#requests = this.#requests.slice(-kept_requests);
    }
    return recorded;
  }

  list(filter: RequestFilter): RecordedRequest[] {
    return this.#requests.filter((request) =>
      (filter.method === undefined || request.method === filter.method.toUpperCase()) &&
      (filter.path === undefined || request.path.startsWith(filter.path)) &&
      (filter.status === undefined || request.status === filter.status) &&
      (filter.user === undefined || request.user === filter.user.toLowerCase()) &&
      (filter.since_id === undefined || request.id > filter.since_id)
    );
  }
}
