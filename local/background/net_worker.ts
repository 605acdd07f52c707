import type { LocalDatabase } from "../database/local_database.ts";
import { Mutex } from "../database/mutex.ts";

interface QueuedRequest {
  id: number;
  method: string;
  url: string;
  headers: string | null;
  body: string | null;
  timeout_milliseconds: number;
}

interface Answer {
  status_code?: number;
  content_type?: string | null;
  headers?: string;
  content?: string;
  timed_out: boolean | null;
  error_msg: string | null;
}

/** Plays pg_net's background worker for the stand-in. */
export interface NetWorker {
  /** Looks at the queue every 100 ms from now on. */
  start(): void;
  /** Delivers until the queue is empty, waiting for each answer; returns how many it delivered. */
  drain(): Promise<number>;
  /** Lets go of the request under way, which is lost as it would be with pg_net. */
  stop(): Promise<void>;
}

/**
 * Requests leave the queue before they are sent, in order, each after the answer to the one before:
 * pg_net promises no more, and a slow answer holds up the rest there too.
 */
export function netWorker(database: LocalDatabase, onError: (message: string) => void): NetWorker {
  const turns = new Mutex();
  const stopping = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failure: string | undefined;

  const drain = () =>
    turns.run(async () => {
      let delivered = 0;
      while (!stopping.signal.aborted) {
        const request = await takeFirst(database);
        if (!request) break;
        const answer = await send(request, stopping.signal);
        if (!stopping.signal.aborted) await keepAnswer(database, request.id, answer);
        delivered++;
      }
      return delivered;
    });

  const tick = async () => {
    try {
      await drain();
      failure = undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== failure) onError(`The webhook worker cannot use its queue: ${message}`);
      failure = message;
    }
    if (!stopping.signal.aborted) timer = setTimeout(tick, 100);
  };

  return {
    start: () => void tick(),
    drain,
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await turns.run(() => Promise.resolve());
    },
  };
}

async function takeFirst(database: LocalDatabase): Promise<QueuedRequest | undefined> {
  const [request] = await database.query<QueuedRequest>(`
    delete from net.http_request_queue
    where id = (
      select id from net.http_request_queue order by id limit 1 for update skip locked
    )
    returning id, method, url, headers::text as headers,
      pg_catalog.convert_from(body, 'UTF8') as body, timeout_milliseconds
  `);
  return request;
}

async function send(request: QueuedRequest, stopping: AbortSignal): Promise<Answer> {
  const timeout = AbortSignal.timeout(request.timeout_milliseconds);
  try {
    const response = await fetch(request.url, {
      method: request.method.toUpperCase(),
      headers: parseHeaders(request.headers),
      body: request.body,
      redirect: "manual",
      signal: AbortSignal.any([timeout, stopping]),
    });
    return {
      status_code: response.status,
      content_type: response.headers.get("content-type"),
      headers: JSON.stringify(Object.fromEntries(response.headers)),
      content: await response.text(),
      timed_out: false,
      error_msg: null,
    };
  } catch (error) {
    if (timeout.aborted) {
      return {
        timed_out: true,
        error_msg: `Timeout of ${request.timeout_milliseconds} ms reached`,
      };
    }
    return { timed_out: null, error_msg: error instanceof Error ? error.message : String(error) };
  }
}

function parseHeaders(json: string | null): [string, string][] {
  const headers: unknown = JSON.parse(json ?? "{}");
  if (typeof headers !== "object" || headers === null) return [];
  return Object.entries(headers).map(([name, value]) => [name, String(value)]);
}

async function keepAnswer(database: LocalDatabase, id: number, answer: Answer): Promise<void> {
  await database.query(
    `insert into net._http_response
       (id, status_code, content_type, headers, content, timed_out, error_msg)
     values ($1, $2, $3, $4::jsonb, $5, $6, $7)`,
    [
      id,
      answer.status_code ?? null,
      answer.content_type ?? null,
      answer.headers ?? null,
      answer.content ?? null,
      answer.timed_out,
      answer.error_msg,
    ],
  );
}
