/** The addresses of the app to which a browser may be sent back from Google. */
export interface ReturnUrls {
  /** The first one of the list. */
  readonly fallback: string;
  /** `requested` if it is listed (its query is free), the first listed one if nothing is requested, else null. */
  choose(requested?: string): string | null;
}

/**
 * Reads CONVENE_APP_URLS, a comma-separated list. An address matches when scheme, host, port and
 * path are equal to a listed one; prefixes and wildcards would let a stranger's page collect codes.
 * Throws an error that names the variable.
 */
export function returnUrls(list: string | undefined): ReturnUrls {
  const listed = (list ?? "").split(",").map((entry) => entry.trim()).filter((entry) =>
    entry !== ""
  );
  const [fallback] = listed;
  if (fallback === undefined) {
    throw new Error(
      "CONVENE_APP_URLS is not set. Set it as a secret of the functions to the addresses of your " +
        "app to which users return from Google, separated by commas",
    );
  }
  const wrong = listed.find((entry) => address(entry) === null);
  if (wrong !== undefined) {
    throw new Error(`CONVENE_APP_URLS lists "${wrong}", which is no absolute URL`);
  }
  const allowed = new Set(listed.map(address));
  return {
    fallback,
    choose(requested = fallback) {
      const wanted = address(requested);
      return wanted !== null && allowed.has(wanted) ? requested : null;
    },
  };
}

/** What has to match; null for what is no URL, or carries a user name or a fragment. */
function address(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || url.hash !== "") return null;
  return `${url.protocol}//${url.host}${url.pathname}`;
}
