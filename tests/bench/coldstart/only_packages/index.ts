/** A function with the packages of Convene's and none of its code: who calls, a schema, a database client. */
import { PostgrestClient } from "@supabase/postgrest-js";
import { resolveEnv, verifyAuth } from "@supabase/server/core";
import * as z from "zod/mini";

const BODY = z.strictObject({ title: z.optional(z.string()), count: z.optional(z.number()) });

export default {
  async fetch(request: Request): Promise<Response> {
    const { error } = await verifyAuth(request, { auth: ["user", "secret:*"] });
    if (error !== null) return Response.json({ error: "unauthenticated" }, { status: 401 });
    const { data } = resolveEnv();
    const database = new PostgrestClient(data?.url ?? "");
    const body = BODY.parse(await request.json());
    const answer = await database.rpc("echo", body);
    return Response.json(answer.data);
  },
};
