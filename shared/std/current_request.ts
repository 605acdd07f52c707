import { AsyncLocalStorage } from "node:async_hooks";

const requests = new AsyncLocalStorage<string>();

/** Does `work`, and everything that it begins, under the id of a request. */
export function withRequestId<T>(request_id: string, work: () => T): T {
  return requests.run(request_id, work);
}

/** The id of the request that is being processed, a UUID; undefined outside of one. */
export function currentRequestId(): string | undefined {
  return requests.getStore();
}
