import * as z from "zod/mini";
import type { Database } from "@shared/database/call.ts";
import {
  allowAvailability,
  listAvailabilitySharing,
  revokeAvailability,
} from "@shared/database/availability_sharing.ts";
import { HttpFault } from "@shared/http/fault.ts";
import { readJson, readQuery } from "@shared/http/request.ts";
import { AVAILABILITY_SHARING } from "@shared/schemas/availability_sharing.ts";

/** The query of DELETE sharing. */
export const REVOKE_QUERY = z.strictObject({ id: z.uuid("Expected the id of a permission") });

/** `GET /sharing`: the caller's permissions. */
export async function listSharing(database: Database, user_id: string) {
  return { availability_sharing: await listAvailabilitySharing(database, user_id) };
}

/** `POST /sharing`: gives one, or changes the one that the grantee has. */
export async function allowSharing(database: Database, request: Request, user_id: string) {
  const { grantee_kind, grantee = null, level = "busy", expires_at = null } = await readJson(
    request,
    AVAILABILITY_SHARING,
  );
  const given = await allowAvailability(database, user_id, {
    grantee_kind,
    grantee,
    level,
    expires_at,
  });
  if (!("limit" in given)) return given;
  const { limit, allowed } = given;
  throw new HttpFault(
    "limit_reached",
    `You have given ${allowed} permissions, which is the limit ${limit}. Revoke one that is no longer needed, or name a domain.`,
    { limit, allowed },
  );
}

/** `DELETE /sharing?id=`: takes one back, with the holds that it allowed. */
export async function revokeSharing(database: Database, request: Request, user_id: string) {
  const { id } = readQuery(request, REVOKE_QUERY);
  if (!await revokeAvailability(database, user_id, id)) {
    throw new HttpFault("not_found", "You have given no permission with this id.", { id });
  }
  return { id, revoked: true };
}
