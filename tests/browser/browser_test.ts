import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { startPlatform } from "../../local/platform.ts";
import { mailsBy, MONDAY } from "../support/meetings.ts";
import { migratedPostgres } from "../support/prepared_databases.ts";
import { startPostgresServer } from "../support/postgres_server.ts";
import { promisesOf } from "../support/promises.ts";
import { type Stack, stackOf } from "../support/stack.ts";

/** Where Debian's package has it. */
const CHROMIUM = "/usr/bin/chromium";
const HERE = new URL("./", import.meta.url);
const ROOT = new URL("../../", HERE);

/** Chromium beside an app on an origin of its own, and a platform that works without being asked. */
interface Visit {
  stack: Stack;
  browser: Browser;
  app_url: string;
}

if (await isInstalled()) {
  promisesOf("an app of another origin in Chromium", visit, {
    "signs in, connects Google, inserts, sees the event, changes, cancels, and reads a refusal":
      async ({ stack, browser, app_url }) => {
        const { page, errors } = await openPage(browser, app_url);
        const email = await signUp(page, stack);
        const guest = await stack.guest();
        await page.click("#connect");
        await decide(page, email, "allow");
        await shows(page, "connection", /^healthy$/);
        await shows(page, "user", new RegExp(`^${email}$`));
        const address = new URL(page.url());
        assert.deepEqual([...address.searchParams.keys()], [], "nothing of the return is left");

        await page.fill("[name=title]", "Review");
        await page.fill("[name=guest]", guest);
        await page.fill("[name=starts_at]", `${MONDAY}T10:00:00Z`);
        await page.click("[name=insert]");
        const [, event_id] = await shows(page, "state", /^created: Review (\S+)$/);
        const [event] = await stack.google.events({ calendar_id: email, status: "live" });
        assert.deepEqual([event?.id, event?.summary], [event_id, "Review"]);

        await page.fill("[name=title]", "Second review");
        await page.click("[name=change]");
        await shows(page, "state", new RegExp(`^created: Second review ${event_id}$`));
        await page.click("[name=cancel]");
        await shows(page, "state", /^cancelled: /);
        assert.deepEqual(await stack.google.events({ calendar_id: email, status: "live" }), []);
        assert.deepEqual(await mailsBy(stack, [guest]), [[
          "invitation",
          "update",
          "cancellation",
        ]]);
        reportsNothing(errors);

        await page.fill("[name=guest]", "unknown@north.example");
        await page.click("[name=find]");
        await shows(page, "refusal", /^calendar_unreadable .*unknown@north\.example/);
        // Chromium itself writes a line about every response that is not 2xx.
        assert.match(errors.map(({ text }) => text).join("\n"), /^Failed to load resource.* 422/);
        assert.equal(errors.length, 1);
      },

    "a user who declines stays signed in, may try again, and is told what an unticked box lacks":
      async ({ stack, browser, app_url }) => {
        const { page, errors } = await openPage(browser, app_url);
        const email = await signUp(page, stack);
        await page.click("#connect");
        await decide(page, email, "deny");
        await shows(page, "connection", /^access_denied/);
        await shows(page, "user", new RegExp(`^${email}$`));
        await page.click("#connect");
        await page.uncheck("[name=granted][value$='calendar.events']");
        await decide(page, email, "allow");
        await shows(page, "connection", /missing|calendar\.events/);
        await page.click("#connect");
        await decide(page, email, "allow");
        await shows(page, "connection", /^healthy$/);
        reportsNothing(errors.filter(({ text }) => !text.includes(" 422 ")));
      },

    "a verifier that an earlier sign-in left behind neither signs out nor takes Google's code":
      async ({ stack, browser, app_url }) => {
        const { page, errors } = await openPage(browser, app_url);
        const email = await signUp(page, stack);
        await page.evaluate(() => {
          const session = Object.keys(localStorage).find((key) => key.endsWith("-auth-token"));
          localStorage.setItem(`${session}-code-verifier`, JSON.stringify("an-earlier-verifier"));
        });
        await page.click("#connect");
        await decide(page, email, "allow");
        await shows(page, "connection", /^healthy$/);
        await shows(page, "user", new RegExp(`^${email}$`));
        reportsNothing(errors);
      },

    "an invocation that names a region is answered": async ({ stack, browser, app_url }) => {
      const { page, errors } = await openPage(browser, app_url);
      await signUp(page, stack);
      const answer = await page.evaluate(() =>
        (globalThis as unknown as { inRegion(): Promise<unknown> }).inRegion()
      );
      assert.deepEqual(answer, { error: null, connected: false });
      reportsNothing(errors);
    },
  });
} else {
  Deno.test({
    name: "an app of another origin in Chromium (skipped: Debian's chromium is not installed)",
    ignore: true,
    fn() {},
  });
}

async function visit(resources: AsyncDisposableStack): Promise<Visit> {
  const script = await bundledApp();
  const page_files: Record<string, [type: string, text: string]> = {
    "/": ["text/html", await Deno.readTextFile(new URL("index.html", HERE))],
    "/app.js": ["text/javascript", script],
    "/connecting.js": ["text/javascript", await connectingOfTheDocs()],
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const [type, text] = page_files[new URL(request.url).pathname] ?? [];
    if (type === undefined) return new Response(null, { status: 404 });
    return new Response(text, { headers: { "content-type": type } });
  });
  resources.defer(() => server.shutdown());
  const app_url = `http://localhost:${server.addr.port}/`;
  const database = resources.use(await startPostgresServer());
  const platform = resources.use(
    await startPlatform({
      database: await migratedPostgres(database),
      strict_google: true,
      environment: { CONVENE_APP_URLS: app_url },
    }),
  );
  const { api_url: url, publishable_key } = platform;
  page_files["/project.json"] = [
    "application/json",
    JSON.stringify({ url, publishable_key }),
  ];
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  resources.defer(() => browser.close());
  return { stack: stackOf(platform, true), browser, app_url };
}

/** The app with supabase-js and the typed client, for a browser. */
async function bundledApp(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "convene-app-" });
  try {
    const file = join(folder, "app.js");
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--platform=browser", "-o", file, fileURLToPath(new URL("app.ts", HERE))],
      cwd: fileURLToPath(ROOT),
      stdout: "null",
      stderr: "piped",
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    return await Deno.readTextFile(file);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The example of docs/connecting.md as a module. */
async function connectingOfTheDocs(): Promise<string> {
  const docs = await Deno.readTextFile(new URL("docs/connecting.md", ROOT));
  const example = /^```ts\n([\s\S]*?)^```$/m.exec(docs)?.[1];
  assert.ok(example);
  return `export function using(supabase) {\n${example}\nreturn { connectGoogle, finishConnecting };\n}\n`;
}

/** A page of a visitor who has never been here; what its console reports as errors. */
async function openPage(browser: Browser, url: string) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const errors: { text: string }[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") {
      errors.push({ text: `${message.text()} ${message.location().url}` });
    }
  });
  page.on("pageerror", (error) => errors.push({ text: error.message }));
  await page.goto(url);
  await shows(page, "user", /^no user$/);
  return { page, errors };
}

function reportsNothing(errors: readonly { text: string }[]): void {
  assert.equal(errors.map(({ text }) => text).join("\n"), "");
}

/** Signs up with an address that has a Google account too. */
async function signUp(page: Page, stack: Stack): Promise<string> {
  const email = await stack.guest();
  await page.fill("[name=email]", email);
  await page.fill("[name=password]", crypto.randomUUID());
  await page.click("#account button");
  await shows(page, "user", new RegExp(`^${email}$`));
  return email;
}

/** On Google's page: chooses the account, decides, and is back at the app. */
async function decide(page: Page, email: string, decision: "allow" | "deny"): Promise<void> {
  await page.check(`[name=email][value="${email}"]`);
  await page.click(`[value=${decision}]`);
}

/** What an output of the page shows once it matches. */
async function shows(page: Page, id: string, text: RegExp): Promise<RegExpExecArray> {
  try {
    await page.locator(`#${id}`).filter({ hasText: text })
      .waitFor({ state: "attached", timeout: 20_000 });
  } catch (error) {
    const shown = await page.locator(`#${id}`).textContent();
    throw new Error(`${id} shows "${shown}", not ${text}`, { cause: error });
  }
  const match = text.exec(await page.locator(`#${id}`).textContent() ?? "");
  assert.ok(match);
  return match;
}

async function isInstalled(): Promise<boolean> {
  try {
    return (await Deno.stat(CHROMIUM)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
