/** The least that a function can be. */
export default { fetch: () => Response.json({ error: "unauthenticated" }, { status: 401 }) };
