import assert from "node:assert/strict";
import { formatted } from "../../local/tasks/formatted_text.ts";
import {
  ACCESS_PAGE,
  edgeFunctionsSection,
  functionsSection,
  relationsSection,
  type Section,
  sectionOf,
} from "../support/access/access_page.ts";
import { tryDatabaseAccess } from "../support/access/database_access.ts";
import { tryFunctionAccess } from "../support/access/function_access.ts";
import { ACCESS_REQUESTS } from "../support/access/function_requests.ts";
import { callFunction, promise, type Stack } from "../support/stack.ts";

const FUNCTIONS = new URL("../../supabase/functions/", import.meta.url);
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Views call these for users, of whom they return only their own. */
const CALLED_BY_VIEWS = ["private.meeting_state(meetings)", "private.own_email(uuid)"];

function isProtected({ object }: { object: string }): boolean {
  return !CALLED_BY_VIEWS.includes(object);
}

const database = {
  "every table, view, column and SQL function is open to whom docs/access.md says, and to no other":
    async (stack: Stack) => {
      const { access, unlocked } = await tryDatabaseAccess(stack);
      await isOnThePage("Tables and views", relationsSection(access.relations));
      await isOnThePage("SQL functions", functionsSection(access.functions));
      // Schema private alone does not protect what is in it.
      const opened = await unlocked();
      assert.deepEqual(opened.relations, access.relations);
      assert.deepEqual(opened.functions.filter(isProtected), access.functions.filter(isProtected));
    },
};

promise("access to the database", database, { functions: "none" });
promise(
  "access to the database of an older project, which grants everything by default",
  database,
  {
    functions: "none",
    default_privileges: "legacy-grant-all",
  },
);

promise("access to the functions", {
  "every function, path and method is open to whom docs/access.md says, and to no other": async (
    stack,
  ) => {
    await isOnThePage("Edge functions", edgeFunctionsSection(await tryFunctionAccess(stack)));
  },

  "no function answers a path or a method that docs/access.md does not know": async (stack) => {
    const known = new Set(
      ACCESS_REQUESTS.map(({ function: name, path, method }) => `${method} ${name}${path}`),
    );
    const absent = new Set<string>();
    const [user, unknown] = [await stack.organizer({ connected: false }), [] as string[]];
    for (const { name, paths } of await functionsAndPaths()) {
      for (const path of paths) {
        for (const method of METHODS.filter((one) => !known.has(`${one} ${name}${path}`))) {
          for (
            const who of [
              { access_token: user.access_token },
              { apikey: stack.platform.secret_key },
            ]
          ) {
            const { status, body } = await callFunction(stack.platform, `${name}${path}`, {
              method: method as "GET",
              ...who,
            });
            const is_path = !String(body?.message).endsWith("has no such path.");
            if (!is_path) absent.add(`${name}${path}`);
            if (is_path && ![401, 403, 405].includes(status)) {
              unknown.push(`${method} ${name}${path} ${status}`);
            }
          }
        }
      }
    }
    assert.deepEqual(unknown, [], "add them to tests/support/access/function_requests.ts");
    const tried = new Set(ACCESS_REQUESTS.map(({ function: name, path }) => `${name}${path}`));
    const written = (await functionsAndPaths()).flatMap(({ name, paths }) =>
      paths.map((path) => `${name}${path}`)
    );
    assert.deepEqual(written.filter((path) => !tried.has(path) && !absent.has(path)), []);
  },
}, { databases: "only postgres" });

async function isOnThePage(section: Section, text: string): Promise<void> {
  const expected = sectionOf(await Deno.readTextFile(ACCESS_PAGE), section).split("\n");
  const lines = (await formatted(text, "md")).split("\n");
  const line = lines.findIndex((one, index) => one !== expected[index]);
  assert.ok(
    line === -1 && lines.length === expected.length,
    `"${section}" of docs/access.md has "${expected[line]}", and tried was "${
      lines[line]
    }". Is this ` +
      'meant? Then run "deno task docs:access"',
  );
}

/** Every function of the project with the paths that its handler has as literals. */
async function functionsAndPaths(): Promise<{ name: string; paths: string[] }[]> {
  const functions: { name: string; paths: string[] }[] = [];
  for await (const { name, isDirectory } of Deno.readDir(FUNCTIONS)) {
    if (!isDirectory) continue;
    const source = await Deno.readTextFile(new URL(`${name}/handler.ts`, FUNCTIONS));
    const found = [...source.matchAll(/"(\/[a-z-]*)"/g)].map(([, path = ""]) => path);
    functions.push({ name, paths: [...new Set(["/", ...found])] });
  }
  return functions;
}
