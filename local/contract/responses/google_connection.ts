import * as z from "zod/mini";
import { component, described } from "../components.ts";
import { INSTANT, URL_TEXT, UUID } from "./values.ts";

export const SHARING = component(
  "AvailabilitySharing",
  z.strictObject({
    id: UUID,
    grantee_kind: z.enum(["person", "domain", "everybody"]),
    grantee: z.nullable(z.string()),
    level: z.enum(["busy", "habits"]),
    created_at: INSTANT,
    expires_at: z.nullable(INSTANT),
  }),
  "A permission to use the user's own connection in searches.",
);

const STATE = {
  connected: described(z.boolean(), "Whether it can be used now."),
  status: z.enum(["healthy", "needs_reauth", "disconnected"]),
  email: z.nullable(z.string()),
  granted_scopes: z.array(z.string()),
  missing_scopes: z.array(z.string()),
  reason: described(z.nullable(z.string()), "A code; null while healthy."),
  what_to_do: z.nullable(z.string()),
  paused_until: z.nullable(INSTANT),
  writes_paused_until: z.nullable(INSTANT),
};

export const SHARING_LIST = component(
  "AvailabilitySharingList",
  z.strictObject({ availability_sharing: z.array(SHARING) }),
);

export const CONNECTION = component(
  "GoogleConnection",
  z.strictObject({
    ...STATE,
    availability_sharing: z.array(SHARING),
    checked: described(z.optional(z.boolean()), "With `check=true`: whether Google answered."),
  }),
);

export const DISCONNECTED = component(
  "DisconnectedGoogle",
  z.strictObject({
    ...STATE,
    revoked: described(z.boolean(), "Whether Google confirmed that the permission ended."),
  }),
);

export const AUTHORIZATION = component(
  "GoogleAuthorization",
  z.strictObject({ authorization_url: described(URL_TEXT, "Send the browser there.") }),
);

export const REVOKED_SHARING = component(
  "RevokedSharing",
  z.strictObject({ id: UUID, revoked: z.literal(true) }),
);
