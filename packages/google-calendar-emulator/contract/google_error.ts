/** One entry of Google's `error.errors[]`. */
export interface ErrorItem {
  domain: string;
  reason: string;
  message: string;
  locationType?: "parameter" | "header";
  location?: string;
}

interface CatalogueEntry {
  status: number;
  domain: string;
  message: string;
  locationType?: "parameter" | "header";
  location?: string;
}

/** Every reason the emulator knows, with the status, domain and message that Google sends with it. */
const catalogue: Readonly<Record<string, CatalogueEntry>> = {
  timeRangeEmpty: {
    status: 400,
    domain: "calendar",
    message: "The specified time range is empty.",
    locationType: "parameter",
    location: "timeMax",
  },
  timeRangeTooLong: {
    status: 400,
    domain: "calendar",
    message: "The requested time range is too long.",
  },
  invalid: { status: 400, domain: "global", message: "Invalid Value" },
  invalidParameter: { status: 400, domain: "global", message: "Invalid Value" },
  unknownParameter: { status: 400, domain: "global", message: "Unknown parameter" },
  required: { status: 400, domain: "global", message: "Required" },
  badRequest: { status: 400, domain: "global", message: "Bad Request" },
  parseError: { status: 400, domain: "global", message: "Parse Error" },
  eventRemindersCountExceedsLimit: {
    status: 400,
    domain: "calendar",
    message: "Event can not have more than 5 override reminders.",
  },
  cannotUseDefaultRemindersAndSpecifyOverride: {
    status: 400,
    domain: "calendar",
    message: "Cannot specify both default reminders and overrides at the same time.",
  },
  channelIdNotUnique: { status: 400, domain: "global", message: "Channel id not unique" },
  "push.webhookUrlNotHttps": {
    status: 400,
    domain: "global",
    message: "WebHook callback must be HTTPS",
  },
  "push.webhookUrlUnauthorized": {
    status: 401,
    domain: "global",
    message: "Unauthorized WebHook callback channel",
  },
  authError: {
    status: 401,
    domain: "global",
    message: "Invalid Credentials",
    locationType: "header",
    location: "Authorization",
  },
  loginRequired: {
    status: 401,
    domain: "global",
    message: "Login Required.",
    locationType: "header",
    location: "Authorization",
  },
  userRateLimitExceeded: {
    status: 403,
    domain: "usageLimits",
    message: "User Rate Limit Exceeded",
  },
  rateLimitExceeded: { status: 403, domain: "usageLimits", message: "Rate Limit Exceeded" },
  quotaExceeded: {
    status: 403,
    domain: "usageLimits",
    message: "Calendar usage limits exceeded.",
  },
  dailyLimitExceeded: { status: 403, domain: "usageLimits", message: "Daily Limit Exceeded" },
  forbiddenForNonOrganizer: {
    status: 403,
    domain: "calendar",
    message: "Shared properties can only be changed by the organizer of the event.",
  },
  requiredAccessLevel: {
    status: 403,
    domain: "calendar",
    message: "You need to have writer access to this calendar.",
  },
  insufficientPermissions: {
    status: 403,
    domain: "global",
    message: "Insufficient Permission",
  },
  accessNotConfigured: {
    status: 403,
    domain: "usageLimits",
    message: "Google Calendar API has not been used in this project before or it is disabled.",
  },
  forbidden: { status: 403, domain: "global", message: "Forbidden" },
  forbiddenForServiceAccounts: {
    status: 403,
    domain: "calendar",
    message:
      "Service accounts cannot invite attendees without Domain-Wide Delegation of Authority.",
  },
  notFound: { status: 404, domain: "global", message: "Not Found" },
  duplicate: {
    status: 409,
    domain: "global",
    message: "The requested identifier already exists.",
  },
  conflict: { status: 409, domain: "global", message: "Conflict" },
  fullSyncRequired: {
    status: 410,
    domain: "calendar",
    message: "Sync token is no longer valid, a full sync is required.",
    locationType: "parameter",
    location: "syncToken",
  },
  updatedMinTooLongAgo: {
    status: 410,
    domain: "calendar",
    message: "The requested minimum modification time lies too far in the past.",
    locationType: "parameter",
    location: "updatedMin",
  },
  deleted: { status: 410, domain: "global", message: "Resource has been deleted" },
  conditionNotMet: {
    status: 412,
    domain: "global",
    message: "Precondition Failed",
    locationType: "header",
    location: "If-Match",
  },
  backendError: { status: 503, domain: "global", message: "Backend Error" },
  notImplemented: { status: 501, domain: "global", message: "The emulator does not serve this" },
};

const reason_by_status: Readonly<Record<number, string>> = {
  400: "badRequest",
  401: "authError",
  403: "forbidden",
  404: "notFound",
  409: "conflict",
  410: "deleted",
  412: "conditionNotMet",
  429: "rateLimitExceeded",
  500: "backendError",
  503: "backendError",
};

/** What may differ from the catalogue for one error. */
export interface ErrorDetails {
  status?: number;
  message?: string;
  location?: string;
  locationType?: "parameter" | "header";
  /** Front-end errors (authentication, scopes, disabled API) carry a status word and details. */
  front_end?: { status: string; message?: string; details?: unknown[] };
  headers?: Record<string, string>;
}

/** An answer in Google's error envelope; thrown by handlers, written by the server. */
export class GoogleError extends Error {
  readonly status: number;
  readonly item: ErrorItem;
  readonly headers: Readonly<Record<string, string>>;
  readonly #front_end: ErrorDetails["front_end"];

  constructor(reason: string, details: ErrorDetails = {}) {
    const known = catalogue[reason];
    const message = details.message ?? known?.message ?? reason;
    super(message);
    this.name = "GoogleError";
    this.status = details.status ?? known?.status ?? 400;
    const location = details.location ?? known?.location;
    this.item = {
      domain: known?.domain ?? "global",
      // Google calls both "nothing sent" and "field missing" `required`; only the status differs.
      reason: reason === "loginRequired" ? "required" : reason,
      message,
      ...(location === undefined
        ? {}
        : { locationType: details.locationType ?? known?.locationType ?? "parameter", location }),
    };
    this.headers = details.headers ?? {};
    this.#front_end = details.front_end;
  }

  /** The envelope; calendar errors are indented by one space, front-end errors by two. */
  body(): string {
    const front_end = this.#front_end;
    const error = {
      errors: [this.item],
      code: this.status,
      message: front_end?.message ?? this.message,
      ...(front_end === undefined ? {} : { status: front_end.status }),
      ...(front_end?.details === undefined ? {} : { details: front_end.details }),
    };
    return JSON.stringify({ error }, null, front_end === undefined ? 1 : 2) + "\n";
  }
}

/** The error for an injected fault: the reason's usual domain and message, else the status's
 * usual reason. */
export function errorForFault(status: number, reason?: string, message?: string): GoogleError {
  const named = reason ?? reason_by_status[status] ?? "backendError";
  return new GoogleError(named, { status, ...(message === undefined ? {} : { message }) });
}
