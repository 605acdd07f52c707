/// <reference lib="dom" />
/** What an app does with Convene in a browser: signs in, connects Google as docs/connecting.md says, and has a meeting. */
import { createClient, FunctionRegion } from "@supabase/supabase-js";
import { type ConveneError, createConvene } from "../../client/mod.ts";

/** The functions of docs/connecting.md, as the page has them. */
interface Connecting {
  connectGoogle(): Promise<void>;
  finishConnecting(): Promise<{ status: string; error?: string } | null>;
}

const { url, publishable_key } = await (await fetch("/project.json")).json();
const supabase = createClient(url, publishable_key, { auth: { flowType: "pkce" } });
const convene = createConvene(supabase);
const connecting: string = "/connecting.js";
const { connectGoogle, finishConnecting }: Connecting = (await import(connecting)).using(supabase);
let meeting_id = "";

onSubmit("account", async (fields) => {
  const { data, error } = await supabase.auth.signUp({
    email: String(fields.get("email")),
    password: String(fields.get("password")),
  });
  if (error) throw error;
  show("user", data.user?.email);
});

element("connect").addEventListener("click", () => connectGoogle());

onSubmit("meeting", async (fields, button) => {
  const title = String(fields.get("title"));
  const participants = [String(fields.get("guest"))];
  if (button === "insert") {
    const starts_at = new Date(String(fields.get("starts_at")));
    const inserted = await convene.insert({
      title,
      participants,
      starts_at: starts_at.toISOString(),
      ends_at: new Date(starts_at.valueOf() + 30 * 60_000).toISOString(),
      timezone: "Europe/Paris",
    });
    if (!inserted.ok) return refuse(inserted.error);
    meeting_id = inserted.data.meeting_id;
  } else if (button === "find") {
    const found = await convene.schedule({ title, participants });
    if (!found.ok) return refuse(found.error);
    meeting_id = found.data.meeting_id;
  } else if (button === "change") {
    const changed = await convene.change({ meeting_id, title });
    if (!changed.ok) return refuse(changed.error);
  } else {
    const cancelled = await convene.cancel(meeting_id);
    if (!cancelled.ok) return refuse(cancelled.error);
  }
  await follow();
});

const { data: { session } } = await supabase.auth.getSession();
show("user", session?.user.email);
if (session !== null) {
  const finished = await finishConnecting();
  const connection = await convene.google.read();
  show(
    "connection",
    [
      finished?.error ?? (connection.ok ? connection.data.status : connection.error.code),
      ...(connection.ok ? connection.data.missing_scopes : []),
    ].join(" "),
  );
}

Object.assign(globalThis, {
  async inRegion() {
    const region = FunctionRegion.EuCentral1;
    const { data, error } = await supabase.functions.invoke("google-auth", {
      method: "GET",
      region,
    });
    return { error, connected: data?.connected };
  },
});

/** The meeting's state until nothing is due any more: nothing here writes the event. */
async function follow(): Promise<void> {
  while (true) {
    const read = await convene.status(meeting_id);
    if (!read.ok) return refuse(read.error);
    const { status, title, google_event_id } = read.data;
    if (["created", "cancelled", "failed"].includes(status)) {
      return show("state", `${status}: ${title} ${google_event_id}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function refuse(error: ConveneError): void {
  const path = error.code === "invalid_request" ? error.details.path : "";
  show("refusal", `${error.code} ${path}: ${error.message}`);
}

function onSubmit(
  form: string,
  act: (fields: FormData, button: string) => Promise<void>,
): void {
  element(form).addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = (event as SubmitEvent).submitter as HTMLButtonElement;
    await act(new FormData(event.target as HTMLFormElement), button.name);
  });
}

function show(id: string, text: string | undefined): void {
  element(id).textContent = text ?? "no user";
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no ${id}`);
  return found;
}
