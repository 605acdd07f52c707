/** Another meeting further away than this disturbs no one. */
export const CLEAR_MINUTES = 60;

/** As convenient as an hour can be. */
export const MOST_CONVENIENT = 1_000;

/** All free time around a meeting stays in one piece. */
export const UNFRAGMENTED = 1_000;
