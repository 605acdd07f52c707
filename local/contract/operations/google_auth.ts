import * as z from "zod/mini";
import { AVAILABILITY_SHARING } from "@shared/schemas/availability_sharing.ts";
import {
  COMPLETE_REQUEST,
  INITIATE_REQUEST,
  SHOW_QUERY,
} from "../../../supabase/functions/google-auth/handler.ts";
import { REVOKE_QUERY } from "../../../supabase/functions/google-auth/sharing.ts";
import { component } from "../components.ts";
import { json, plainErrors } from "../operation.ts";
import type { Operation } from "../operation.ts";
import {
  AUTHORIZATION,
  CONNECTION,
  DISCONNECTED,
  REVOKED_SHARING,
  SHARING,
  SHARING_LIST,
} from "../responses/google_connection.ts";

/** What Google adds to the redirect. */
const REDIRECT_QUERY = z.looseObject({
  state: z.optional(z.string()),
  code: z.optional(z.string()),
  error: z.optional(z.string()),
});

export const GOOGLE_AUTH_OPERATIONS: readonly Operation[] = [
  {
    method: "POST",
    path: "/google-auth/initiate",
    id: "connectGoogle",
    summary: "Begins the connection of the user's Google account.",
    callers: ["user"],
    body: [component("InitiateRequest", INITIATE_REQUEST)],
    is_body_optional: true,
    successes: { 200: json("Where to send the browser.", AUTHORIZATION) },
    errors: [plainErrors("limit_reached")],
  },
  {
    method: "GET",
    path: "/google-auth/callback",
    id: "receiveGoogleRedirect",
    summary: "Receives Google's redirect and sends the browser to the app with `convene_code` or " +
      "`convene_error`.",
    callers: [],
    query: REDIRECT_QUERY,
    successes: {
      302: { description: "To the app.", headers: { Location: "The address of the app." } },
    },
    errors: [],
  },
  {
    method: "POST",
    path: "/google-auth/complete",
    id: "completeGoogleConnection",
    summary: "Finishes the connection with the one-time code.",
    callers: ["user"],
    body: [component("CompleteRequest", COMPLETE_REQUEST)],
    successes: { 200: json("The connection.", CONNECTION) },
    errors: [plainErrors("needs_reauth", "google_rejected", "google_unavailable")],
  },
  {
    method: "GET",
    path: "/google-auth",
    id: "readGoogleConnection",
    summary: "Returns the user's Google connection; with check=true after a request to Google.",
    callers: ["user"],
    query: SHOW_QUERY,
    successes: { 200: json("The connection.", CONNECTION) },
    errors: [],
  },
  {
    method: "DELETE",
    path: "/google-auth",
    id: "disconnectGoogle",
    summary: "Deletes the connection and revokes it at Google.",
    callers: ["user"],
    successes: { 200: json("That there is none.", DISCONNECTED) },
    errors: [],
  },
  {
    method: "GET",
    path: "/google-auth/sharing",
    id: "listSharing",
    summary: "Returns the permissions that the user has given.",
    callers: ["user"],
    successes: { 200: json("The permissions.", SHARING_LIST) },
    errors: [],
  },
  {
    method: "POST",
    path: "/google-auth/sharing",
    id: "allowSharing",
    summary: "Lets searches of others use the user's connection.",
    callers: ["user"],
    body: [component("SharingRequest", AVAILABILITY_SHARING)],
    successes: { 200: json("The permission.", SHARING) },
    errors: [plainErrors("limit_reached")],
  },
  {
    method: "DELETE",
    path: "/google-auth/sharing",
    id: "revokeSharing",
    summary: "Takes a permission back.",
    callers: ["user"],
    query: REVOKE_QUERY,
    successes: { 200: json("The permission is gone.", REVOKED_SHARING) },
    errors: [plainErrors("not_found")],
  },
];
