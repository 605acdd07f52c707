/** Where the product's TypeScript is; tests are not part of it. */
export const PRODUCT_FOLDERS = ["shared", "supabase", "local", "packages", "client"];
