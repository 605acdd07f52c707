import { GoogleError } from "../contract/google_error.ts";

export interface QuotaSettings {
  enabled: boolean;
  /** Requests per sliding minute; Google's standard limits since May 2026 by default. */
  per_user?: number;
  per_project?: number;
  /** Writes to one calendar, which Google may throttle at any time; it publishes no number. Default: no limit. */
  writes_per_calendar?: number;
  /** Google documents 403 and 429 as meaning the same. */
  status?: 403 | 429;
}

const window_ms = 60_000;

/** Sliding-window request quotas on the emulator's clock; off until switched on. */
export class Quotas {
  #settings: Required<QuotaSettings> = {
    enabled: false,
    per_user: 600,
    per_project: 10_000,
    writes_per_calendar: Infinity,
    status: 403,
  };
  #project: number[] = [];
  readonly #users = new Map<string, number[]>();
  readonly #writes = new Map<string, number[]>();

  configure(settings: QuotaSettings): void {
    this.#settings = { ...this.#settings, ...settings };
    this.#project = [];
    this.#users.clear();
    this.#writes.clear();
  }

  /** Counts one request of a user, or throws userRateLimitExceeded / rateLimitExceeded. */
  spend(user: string, now_ms: number): void {
    const { enabled, per_user, per_project, status } = this.#settings;
    if (!enabled) return;
    const of_user = this.#users.get(user) ?? [];
    this.#users.set(user, of_user);
    dropOlder(of_user, now_ms);
    dropOlder(this.#project, now_ms);
    if (of_user.length >= per_user) throw new GoogleError("userRateLimitExceeded", { status });
    if (this.#project.length >= per_project) {
      throw new GoogleError("rateLimitExceeded", { status });
    }
    of_user.push(now_ms);
    this.#project.push(now_ms);
  }

  /** Counts one write to a calendar, or throws rateLimitExceeded. */
  spendWrite(calendar_id: string, now_ms: number): void {
    const { enabled, writes_per_calendar, status } = this.#settings;
    if (!enabled) return;
    const of_calendar = this.#writes.get(calendar_id) ?? [];
    this.#writes.set(calendar_id, of_calendar);
    dropOlder(of_calendar, now_ms);
    if (of_calendar.length >= writes_per_calendar) {
      throw new GoogleError("rateLimitExceeded", { status });
    }
    of_calendar.push(now_ms);
  }
}

function dropOlder(times: number[], now_ms: number): void {
  const first_inside = times.findIndex((at) => at > now_ms - window_ms);
  times.splice(0, first_inside === -1 ? times.length : first_inside);
}
