import * as entities from "@std/html/entities.js";

/** Escapes text for HTML and for its quoted attributes: & < > " and '. */
export const escapeHtml: (text: string) => string = entities.escape;
