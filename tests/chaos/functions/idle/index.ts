import { idle } from "../_worker.ts";

/** Answers when this process has nothing left to do. */
export default {
  fetch: async () => {
    await idle();
    return new Response("idle\n");
  },
};
