import type { PostgrestClient } from "@supabase/postgrest-js";
import { currentRequestId } from "@shared/std/current_request.ts";
import { DatabaseFault } from "@shared/failures/database_fault.ts";
import type { Database as Schema, Json } from "./types.ts";

/** The database as the functions see it: PostgREST with a secret key, used for documented helpers only. */
export type Database = Pick<PostgrestClient, "rpc">;

/** private.request_id() reads it: rows that a request stores have its id. The gateway knows no such header, so it stays. */
const REQUEST_ID_HEADER = "x-convene-request-id";

type Helpers = Schema["public"]["Functions"];

/** The name of a SQL helper, as the generated types know it. */
export type Helper = keyof Helpers;

/**
 * The parameters of a SQL helper, by name. The generated types do not say which may be null, so each
 * may; what a jsonb parameter holds is decided by its wrapper.
 */
export type HelperParameters<Name extends Helper> = ParametersOf<Helpers[Name]["Args"]>;

type ParametersOf<Args> = Args extends unknown
  ? { [Parameter in keyof Args]: ParameterType<Args[Parameter]> }
  : never;

type ParameterType<Type> = Json extends Type ? unknown
  : Type extends readonly (infer Element)[] ? readonly Element[] | null
  : Type | null;

/** Calls one SQL helper in one round trip. Throws `DatabaseFault`. */
export async function call<Name extends Helper, Result>(
  database: Database,
  helper: Name,
  parameters: HelperParameters<Name>,
): Promise<Result> {
  const request_id = currentRequestId();
  const query = database.rpc(helper, parameters as Record<string, unknown>);
  const { data, error } =
    await (request_id === undefined ? query : query.setHeader(REQUEST_ID_HEADER, request_id));
  if (error !== null) throw new DatabaseFault(helper, error.code ?? "", error.message);
  return data as Result;
}
