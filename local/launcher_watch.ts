import { parentOf, programOf } from "./process_tree.ts";

const LOOK_EVERY_MS = 500;

/** npm's own title ("npm exec deno@2 ...") or its program's file. */
const NPM = /^np[mx] |\/np[mx](-cli\.js)?( |$)/;

interface Link {
  pid: number;
  parent: number;
}

/**
 * Calls `onGone` when `npx` started this program and has ended. npx hands a signal to a shell that
 * dies of it without telling the Deno below, which would run for ever with no process to stop it.
 * Without npx nothing is watched: a terminal that closes must not end what it started with nohup.
 */
export async function watchLauncher(onGone: () => void): Promise<void> {
  const links = await linksToNpm();
  if (links.length === 0) return;
  const timer = setInterval(async () => {
    for (const { pid, parent } of links) {
      if (await parentOf(pid) === parent) continue;
      clearInterval(timer);
      return onGone();
    }
  }, LOOK_EVERY_MS);
  Deno.unrefTimer(timer);
}

/** Who is whose child, from this process up to npm; empty when npm is not among the ancestors. */
async function linksToNpm(): Promise<Link[]> {
  const links: Link[] = [];
  let pid = Deno.pid;
  while (true) {
    const parent = await parentOf(pid);
    if (parent === null || parent <= 1) return [];
    links.push({ pid, parent });
    if (NPM.test(await programOf(parent))) return links;
    pid = parent;
  }
}
