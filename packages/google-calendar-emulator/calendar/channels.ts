import type { Clock } from "../world/clock.ts";

/** A push channel on one calendar's events. */
export interface Channel {
  id: string;
  resource_id: string;
  resource_uri: string;
  address: string;
  token: string | null;
  expires_ms: number;
  calendar_id: string;
  email: string;
  client_id: string;
}

/** One message to a channel's address and what came of it. */
export interface Notification {
  at: string;
  channel_id: string;
  resource_state: "sync" | "exists";
  message_number: number;
  attempts: number;
  /** The receiver's last status; null while there has been none. */
  status: number | null;
}

/** How messages travel: `once`; `lost`; `twice`; `held` until they are released. The first message of
 * a channel (`sync`) always travels once. */
export type PushMode = "once" | "lost" | "twice" | "held";

const accepted = new Set([102, 200, 201, 202, 204]);
const retried = new Set([500, 502, 503, 504]);
const most_attempts = 4;
const first_pause_ms = 200;

/** Push channels of one emulator. Messages have no body; they say only that something changed. */
export class Channels {
  readonly #clock: Clock;
  readonly #live = new Map<string, { channel: Channel; number: number; pending: boolean }>();
  readonly #notifications: Notification[] = [];
  readonly #closing = new AbortController();
  readonly #deliveries = new Set<Promise<void>>();
  readonly #held: (() => void)[] = [];
  /** Part of the messages is lost, late or doubled at Google under normal conditions; the control
   * surface can do it to all. */
  mode: PushMode = "once";

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(id: string): Channel | undefined {
    const entry = this.#live.get(id);
    return entry !== undefined && entry.channel.expires_ms > this.#clock.now()
      ? entry.channel
      : undefined;
  }

  /** Opens a channel; its first message has state `sync` and number 1. */
  open(channel: Channel): void {
    const entry = { channel, number: 0, pending: false };
    this.#live.set(channel.id, entry);
    this.#send(channel.id, "sync");
  }

  stop(id: string): void {
    this.#live.delete(id);
  }

  list(): Channel[] {
    return [...this.#live.keys()].map((id) => this.get(id)).filter((channel) =>
      channel !== undefined
    );
  }

  /** Notifies the watchers of a calendar, once for everything that one request changed. */
  changed(calendar_id: string): void {
    for (const [id, entry] of this.#live) {
      if (entry.channel.calendar_id !== calendar_id || entry.pending) continue;
      entry.pending = true;
      queueMicrotask(() => {
        entry.pending = false;
        if (this.#live.get(id) === entry) this.#send(id, "exists");
      });
    }
  }

  notifications(): readonly Notification[] {
    return this.#notifications;
  }

  /** Gives up what is still being delivered. */
  async close(): Promise<void> {
    this.#live.clear();
    this.#closing.abort();
    await Promise.allSettled(this.#deliveries);
  }

  #send(id: string, resource_state: "sync" | "exists"): void {
    const entry = this.#live.get(id);
    if (entry === undefined || this.get(id) === undefined) return;
    entry.number++;
    const notification: Notification = {
      at: new Date(this.#clock.now()).toISOString(),
      channel_id: id,
      resource_state,
      message_number: entry.number,
      attempts: 0,
      status: null,
    };
    this.#notifications.push(notification);
    const mode = resource_state === "sync" ? "once" : this.mode;
    if (mode === "lost") return;
    const deliver = () => this.#track(entry.channel, notification);
    if (mode === "held") {
      this.#held.push(deliver);
      return;
    }
    deliver();
    if (mode === "twice") deliver();
  }

  /** Delivers what was held, in the order in which it happened or the reverse; returns how many. */
  release(order: "sent" | "reversed"): number {
    const held = this.#held.splice(0);
    for (const deliver of order === "sent" ? held : held.reverse()) deliver();
    return held.length;
  }

  #track(channel: Channel, notification: Notification): void {
    const delivery = this.#deliver(channel, notification).finally(() =>
      this.#deliveries.delete(delivery)
    );
    this.#deliveries.add(delivery);
  }

  async #deliver(channel: Channel, notification: Notification): Promise<void> {
    const signal = this.#closing.signal;
    for (let pause_ms = first_pause_ms; notification.attempts < most_attempts; pause_ms *= 2) {
      if (signal.aborted) return;
      notification.attempts++;
      try {
        const response = await fetch(channel.address, {
          method: "POST",
          redirect: "manual",
          headers: messageHeaders(channel, notification),
          signal,
        });
        await response.body?.cancel();
        notification.status = response.status;
        if (accepted.has(response.status) || !retried.has(response.status)) return;
      } catch {
        // No answer: tried again like a 503, and visible as status null.
      }
      await pause(pause_ms, signal);
    }
  }
}

function messageHeaders(channel: Channel, notification: Notification): Record<string, string> {
  return {
    "content-length": "0",
    "x-goog-channel-id": channel.id,
    "x-goog-message-number": String(notification.message_number),
    "x-goog-resource-id": channel.resource_id,
    "x-goog-resource-state": notification.resource_state,
    "x-goog-resource-uri": channel.resource_uri,
    "x-goog-channel-expiration": new Date(channel.expires_ms).toUTCString(),
    ...(channel.token === null ? {} : { "x-goog-channel-token": channel.token }),
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}
