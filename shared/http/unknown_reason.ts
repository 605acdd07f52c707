import { CODES, isCode } from "@shared/failures/codes.ts";
import { HttpFault } from "./fault.ts";

/**
 * Throws `invalid_request` for a reason that selected nothing and is no code of docs/errors.md: probably a typing error.
 * A reason that selects rows is never refused, because rows also store Google's own reasons and those of applications.
 */
export async function refuseUnknownReason(
  reason: string | undefined,
  path: string,
  has_rows: boolean,
): Promise<void> {
  if (reason === undefined || has_rows || isCode(reason)) return;
  // Its tables take 4 MB, which only a refused request needs.
  const { closestOf } = await import("@shared/std/closest.ts");
  const closest = closestOf(reason, Object.keys(CODES));
  throw new HttpFault(
    "invalid_request",
    `${path}: Unknown error code, and no row has it. ` +
      (closest === undefined ? "docs/errors.md lists the codes" : `Did you mean ${closest}?`),
    { path },
  );
}
