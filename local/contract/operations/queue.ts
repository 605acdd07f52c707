import { BATCH } from "@shared/schemas/webhook.ts";
import { SYNC_BATCH } from "../../../supabase/functions/google-webhook/handler.ts";
import { NOTIFY_BATCH } from "../../../supabase/functions/notify/handler.ts";
import { json } from "../operation.ts";
import type { Operation } from "../operation.ts";
import { ACCEPTED, HOLIDAYS, NOTIFIED, SYNCED_CALENDARS } from "../responses/operations.ts";

const CONTINUES = { 202: json("The work continues.", ACCEPTED) };

/** What the database and Google call. */
export const QUEUE_OPERATIONS: readonly Operation[] = [
  {
    method: "POST",
    path: "/google-webhook",
    id: "receivePush",
    summary: "Receives a message of one of Google's push channels, which is in its headers.",
    callers: [],
    successes: { 200: { description: "The same whether the channel is known or not." } },
    errors: [],
  },
  {
    method: "POST",
    path: "/google-webhook/sync",
    id: "syncCalendars",
    summary: "Reads the calendars that are due.",
    callers: ["key"],
    body: [SYNC_BATCH],
    successes: { 200: json("What became of each calendar.", SYNCED_CALENDARS), ...CONTINUES },
    errors: [],
  },
  {
    method: "POST",
    path: "/notify",
    id: "deliverNotifications",
    summary: "Delivers the notifications that are due.",
    callers: ["key"],
    body: [NOTIFY_BATCH],
    successes: { 200: json("What became of each notification.", NOTIFIED), ...CONTINUES },
    errors: [],
  },
  {
    method: "POST",
    path: "/holidays",
    id: "computeHolidays",
    summary: "Computes the dates of the calendars of holidays that are due.",
    callers: ["key"],
    body: [BATCH],
    successes: { 200: json("How many were computed.", HOLIDAYS), ...CONTINUES },
    errors: [],
  },
];
