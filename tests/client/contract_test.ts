import assert from "node:assert/strict";
import type * as contract from "@shared/contract/types.ts";
import type * as client from "../../client/mod.ts";
import { createConvene } from "../../client/mod.ts";
import type { Convene, InvokeOptions, Result, Supabase } from "../../client/mod.ts";
import { OPENAPI_DOCUMENT } from "../../local/tasks/openapi_files.ts";
import { Validators } from "../support/contract/validators.ts";
import { sameJson } from "./type_differences.ts";

type Data<Call extends (...given: never[]) => Promise<Result<unknown>>> = Extract<
  Awaited<ReturnType<Call>>,
  { ok: true }
>["data"];

/** The fields of all members of a union, all of them optional. */
type AllFields<Union, Fields extends PropertyKey = Union extends unknown ? keyof Union : never> = {
  [Field in Fields]?: Union extends unknown
    ? Field extends keyof Union ? Exclude<Union[Field], undefined> : never
    : never;
};

// Why types of the client differ from the contract.
const WEEKDAYS = "The contract has every spelling of a day, the client one.";
const PEOPLE = "The participants of the client, which has no fields for the origin's callers.";
const ORIGIN = "For the origin's callers.";
const DIVISORS = "The contract lists the divisors of a day.";
const STORED = "The contract describes no row.";
const CODES = "The client knows the codes of responses, of which details have more.";
const ONE_OF_BOTH =
  "One type of the client for an event that was written and for one that was deleted.";

type Operator = Convene["operator"];
type TaskEvents = Convene["taskEvents"];
type Google = Convene["google"];

Deno.test("the client's requests of meetings are those of the contract", () => {
  sameJson<client.ScheduleRequest, Omit<contract.ScheduleRequest, "dry_run">>({
    ".participants[]": PEOPLE,
    ".constraints.allowed_days[]": WEEKDAYS,
    ".constraints.interval_minutes": DIVISORS,
  });
  // The second spellings are for the origin's callers.
  sameJson<
    client.ChangeRequest,
    Omit<contract.ChangeMeetingRequest, "dry_run" | "starts_at" | "ends_at" | "timeZone">
  >({
    ".participants[]": PEOPLE,
    ".constraints.allowed_days[]": WEEKDAYS,
    ".constraints.interval_minutes": DIVISORS,
  });
  sameJson<client.Constraints, contract.Constraints>({
    ".allowed_days[]": WEEKDAYS,
    ".interval_minutes": DIVISORS,
  });
  sameJson<client.Participant, contract.Participant>({
    ".calendar_summary": ORIGIN,
    ".user_id": ORIGIN,
    ".open_hours[].days[]": WEEKDAYS,
    ".preferences.preferred_days[]": WEEKDAYS,
  });
  sameJson<client.ParticipantGroup, contract.ParticipantGroup>({ ".any_of[]": PEOPLE });
  sameJson<client.Weights, contract.Weights>({});
  sameJson<client.AutoReschedule, contract.AutoReschedule>({});
  sameJson<client.Reminder[], contract.Reminders>({});
  sameJson<
    client.ListRequest,
    Omit<
      NonNullable<contract.Operations["GET status"]["query"]>,
      "meeting_id" | "attempts" | "candidates"
    >
  >({});
  sameJson<Parameters<Convene["decideMove"]>[0], contract.MoveDecision>({});
});

Deno.test("the client's requests of task events, sharing and operators are those of the contract", () => {
  sameJson<client.ScheduleTaskRequest, contract.ScheduleTaskRequest>({
    ".constraints.allowed_days[]": WEEKDAYS,
    ".constraints.interval_minutes": DIVISORS,
  });
  // The client demands event_id or id.
  sameJson<
    AllFields<client.ChangeTaskEventRequest>,
    Omit<contract.ChangeTaskEventRequest, "preview" | "timezone">
  >({});
  sameJson<AllFields<client.DeleteTaskEventRequest>, contract.DeleteTaskEventRequest>({});
  sameJson<client.RescheduleRequest, contract.RescheduleRequest>({});
  sameJson<client.SyncOrganizerRequest, contract.SyncOrganizerRequest>({});
  sameJson<client.ListEventsRequest, NonNullable<contract.Operations["GET task-events"]["query"]>>(
    {},
  );
  sameJson<client.SharingRequest, contract.SharingRequest>({});
  sameJson<client.PauseRequest, contract.PauseRequest>({});
  sameJson<client.ResumeRequest, contract.ResumeRequest>({});
  sameJson<client.FailedWorkFilter, NonNullable<contract.RequeueWorkRequest["filter"]>>({});
  sameJson<
    client.FailedWorkFilter<"search" | "write">,
    NonNullable<contract.RequeueRequest["filter"]>
  >({});
  sameJson<
    Parameters<Operator["requeueOne"]>[0],
    Required<Pick<contract.RequeueWorkRequest, "kind" | "id">>
  >({});
  sameJson<
    & NonNullable<Parameters<Operator["audit"]>[0]>
    & NonNullable<Parameters<Operator["auditTaskEvents"]>[0]>,
    Omit<contract.AuditRequest, "audit" | "subject">
  >({});
});

Deno.test("what the client's calls for meetings return is what the contract has", () => {
  sameJson<Data<Convene["schedule"]>, contract.Scheduled>({});
  sameJson<Data<Convene["dryRun"]>, contract.DryRun>({});
  sameJson<Data<Convene["alternatives"]>, contract.Alternatives>({});
  sameJson<Data<Convene["writeBack"]>["results"], contract.WrittenBack["results"]>({
    "[]": ONE_OF_BOTH,
  });
  sameJson<Data<Convene["status"]>, contract.MeetingState>({});
  sameJson<Data<Convene["writeStatus"]>, contract.WriteStatus>({});
  sameJson<Data<Convene["list"]>, contract.MeetingPage>({});
  sameJson<Data<Convene["change"]>, contract.ChangedMeeting>({
    ".participants": STORED,
    ".conflict_check.error": CODES,
  });
  sameJson<Data<Convene["previewChange"]>, contract.PreviewedChange>({
    ".participants": STORED,
    ".conflict_check.error": CODES,
    ".before.participants": STORED,
  });
  sameJson<Data<Convene["cancel"]>, contract.CancelledMeeting>({ ".participants": STORED });
  sameJson<Data<Convene["previewCancel"]>, contract.PreviewedCancellation>({
    ".participants": STORED,
    ".before.participants": STORED,
  });
  sameJson<Data<Convene["requeue"]>, contract.RequeuedMeeting>({ ".participants": STORED });
  sameJson<Data<Convene["decideMove"]>, contract.DecidedMove>({});
});

Deno.test("what the client's other calls return is what the contract has", () => {
  sameJson<Data<TaskEvents["schedule"]>, contract.ScheduledTask>({
    ".conflict_check.error": CODES,
  });
  sameJson<Data<TaskEvents["list"]>, contract.CalendarEvents>({});
  sameJson<Data<TaskEvents["change"]>, contract.ChangedTaskEvent>({
    ".conflict_check.error": CODES,
  });
  sameJson<Data<TaskEvents["previewChange"]>, contract.ChangePreview>({});
  sameJson<Data<TaskEvents["delete"]>, contract.DeletedTaskEvent>({});
  sameJson<Data<TaskEvents["reschedule"]>, contract.Rescheduled>({});
  sameJson<Data<TaskEvents["requeue"]>, contract.RequeuedTaskEvent>({});
  sameJson<Data<TaskEvents["syncOrganizer"]>, contract.SyncedOrganizers>({});
  sameJson<Data<Google["initiate"]>, contract.GoogleAuthorization>({});
  sameJson<Data<Google["complete"]>, contract.GoogleConnection>({});
  sameJson<Data<Google["read"]>, contract.GoogleConnection>({});
  sameJson<Data<Google["disconnect"]>, contract.DisconnectedGoogle>({});
  sameJson<Data<Google["listSharing"]>, contract.AvailabilitySharingList>({});
  sameJson<Data<Google["allowSharing"]>, contract.AvailabilitySharing>({});
  sameJson<Data<Google["revokeSharing"]>, contract.RevokedSharing>({});
  sameJson<Data<Operator["health"]>, contract.Health>({});
  sameJson<Data<Operator["listFailed"]>, contract.FailedWork>({});
  sameJson<Data<Operator["requeueOne"]>, contract.RequeuedRow>({});
  sameJson<Data<Operator["requeue"]>, contract.RequeuedRows>({});
  sameJson<Data<Operator["requeueMeetings"]>, contract.RequeuedRows>({});
  sameJson<Data<Operator["pause"]>, contract.PausedWork>({});
  sameJson<Data<Operator["resume"]>, contract.ResumedWork>({});
  sameJson<Data<Operator["audit"]>, contract.Audit>({});
  sameJson<Data<Operator["auditTaskEvents"]>, contract.TaskAudit>({});
  sameJson<client.Batches, {
    "schedule": contract.ScheduledBatch;
    "schedule/conflicts": contract.CheckedConflicts;
    "write-back": contract.WrittenBatch;
    "meetings/meet-links": contract.FetchedMeetLinks;
    "task-events": contract.FinishedTaskEvents;
    "google-webhook/sync": contract.SyncedCalendars;
    "notify": contract.Notified;
    "holidays": contract.ComputedHolidays;
  }>({ ".write-back.results[]": ONE_OF_BOTH });
});

/** The calls of one client, each with the least that it takes. */
const CALLS: readonly ((convene: Convene) => Promise<unknown>)[] = [
  ({ schedule }) => schedule({ participants: ["ann@north.example"] }),
  ({ dryRun }) => dryRun({ participants: ["ann@north.example"] }),
  ({ alternatives }) => alternatives("m-1", { max_candidates: 3 }),
  ({ writeBack }) => writeBack("m-1"),
  ({ writeStatus }) => writeStatus("m-1"),
  ({ status }) => status("m-1", { attempts: true, candidates: true }),
  ({ list }) => list({ status: "failed", limit: 10 }),
  ({ contract }) => contract(),
  ({ change }) => change({ meeting_id: "m-1", title: "Review" }),
  ({ previewChange }) => previewChange({ meeting_id: "m-1", title: "Review" }),
  ({ cancel }) => cancel("m-1", { expected_version: 2 }),
  ({ previewCancel }) => previewCancel("m-1", { expected_version: 2 }),
  ({ requeue }) => requeue("m-1"),
  ({ decideMove }) => decideMove({ meeting_id: "m-1", decision: "reject" }),
  ({ google }) => google.initiate({ return_url: "https://app.example" }),
  ({ google }) => google.complete("code"),
  ({ google }) => google.read({ check: true }),
  ({ google }) => google.disconnect(),
  ({ google }) => google.listSharing(),
  ({ google }) => google.allowSharing({ grantee_kind: "everybody" }),
  ({ google }) => google.revokeSharing(crypto.randomUUID()),
  ({ taskEvents }) => taskEvents.schedule({ task_id: "t-1" }),
  ({ taskEvents }) => taskEvents.list({ q: "report" }),
  ({ taskEvents }) => taskEvents.change({ event_id: "e1", summary: "Report" }),
  ({ taskEvents }) => taskEvents.previewChange({ event_id: "e1", summary: "Report" }),
  ({ taskEvents }) => taskEvents.delete({ event_id: "e1" }),
  ({ taskEvents }) => taskEvents.reschedule({ task_ids: ["t-1"] }),
  ({ taskEvents }) => taskEvents.requeue(crypto.randomUUID()),
  ({ taskEvents }) => taskEvents.syncOrganizer({ meeting_id: "m-1" }),
  ({ operator }) => operator.health(),
  ({ operator }) => operator.metrics(),
  ({ operator }) => operator.listFailed(),
  ({ operator }) => operator.requeueOne({ kind: "task_event", id: crypto.randomUUID() }),
  ({ operator }) => operator.requeue({ reason: "google_unavailable" }, { after: "m-1" }),
  ({ operator }) => operator.requeueMeetings({ kind: "write" }),
  ({ operator }) => operator.pause({ reason: "upgrade", kind: "write" }),
  ({ operator }) => operator.resume({}),
  ({ operator }) => operator.audit({ limit: 10, repair: false }),
  ({ operator }) => operator.auditTaskEvents(),
  ({ operator }) => operator.runBatch("schedule", { limit: 5 }),
  ({ operator }) => operator.runBatch("schedule/conflicts"),
  ({ operator }) => operator.runBatch("write-back"),
  ({ operator }) => operator.runBatch("meetings/meet-links"),
  ({ operator }) => operator.runBatch("task-events"),
  ({ operator }) => operator.runBatch("google-webhook/sync"),
  ({ operator }) => operator.runBatch("notify"),
  ({ operator }) => operator.runBatch("holidays"),
];

/** Operations that the client reaches by another path, and those that Google calls. */
const NOT_CALLED = [
  "GET /google-auth/callback",
  "POST /google-webhook",
  "GET /task-events",
  "PATCH /task-events/update",
  "POST /task-events/update",
  "DELETE /task-events/delete",
  "POST /task-events/delete",
  "POST /sync-organizer",
];

Deno.test("the client reaches every operation of the contract, with requests that the contract allows", async () => {
  const document = JSON.parse(await Deno.readTextFile(OPENAPI_DOCUMENT));
  const validators = new Validators(document);
  const reached = new Set<string>();
  for (const send of CALLS) {
    const { method, url, body } = await sentBy(send);
    const path = url.pathname;
    const operation = `${method} ${path}`;
    const described = document.paths[path]?.[method.toLowerCase()];
    assert.ok(described, `the contract has no ${operation}`);
    reached.add(operation);
    const place = ["paths", path, method.toLowerCase()];
    const query = validators.query([...place, "parameters"], described.parameters ?? []);
    assert.equal(query(Object.fromEntries(url.searchParams)), null, operation);
    if (body === undefined) continue;
    const schema = [...place, "requestBody", "content", "application/json", "schema"];
    assert.equal(validators.request(schema)(body), null, `${operation} ${JSON.stringify(body)}`);
  }
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`)
  );
  assert.deepEqual(all.filter((one) => !reached.has(one)).sort(), NOT_CALLED.toSorted());
});

/** The request of a call, which is not sent. */
async function sentBy(
  send: (convene: Convene) => Promise<unknown>,
): Promise<{ method: string; url: URL; body: unknown }> {
  let sent: { method: string; url: URL; body: unknown } | undefined;
  const supabase = {
    functions: {
      invoke(name: string, { method, body }: InvokeOptions) {
        sent = { method, url: new URL(name, "http://functions.example"), body };
        return Promise.resolve({ data: {}, error: null });
      },
    },
  };
  await send(createConvene(supabase as unknown as Supabase));
  assert.ok(sent, "a call sends a request");
  return sent;
}
