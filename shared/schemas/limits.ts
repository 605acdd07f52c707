/**
 * Every limit of what callers send and of what users store, once. The database has the same numbers (private.limits), and
 * a test compares both. docs/limits.md explains them.
 */
export const LIMITS = {
  // A request, or a stored row, as a whole: checked before anything is parsed; beyond them 413.
  body_bytes: 256 * 1024,
  schedule_body_bytes: 8 * 1024 * 1024,
  /** `schedule_body_bytes` and the spaces that Postgres writes after each colon and comma. */
  participants_bytes: 9 * 1024 * 1024,
  nesting_depth: 16,
  list_items: 5_000,
  object_keys: 200,
  key_characters: 200,
  /** Of one body: commas and brackets. */
  values: 220_000,
  /** As written: an emoji written as escapes is twelve characters. */
  string_characters: 100_000,

  // Every date and instant.
  first_year: 1970,
  last_year: 2200,

  // Words that several inputs have.
  email_characters: 254,
  domain_characters: 253,
  timezone_characters: 64,
  name_characters: 200,
  title_characters: 1_000,
  /** Once & < > are escaped (schemas/description.ts): what Google keeps. */
  description_characters: 8_192,
  location_characters: 1_000,
  event_id_characters: 1_024,

  // A meeting.
  meeting_id_characters: 200,
  calendar_id_characters: 300,
  participants: 200,
  /** Of one group (`any_of`), and how many of them may take part. */
  group_members: 200,
  group_count: 100,
  /** Participants and members of all groups together: whose calendars one search reads. */
  searched_people: 400,
  calendar_ids: 10,
  open_hours: 50,
  weekdays: 7,
  exdates: 366,
  /** Of one participant: Google returns no more for one calendar and query. */
  busy: 5_000,
  /** Of all participants together. */
  busy_intervals: 40_000,
  event_categories: 50,
  category_characters: 100,
  peak_meeting_hours: 24,
  holiday_dates: 366,
  recurrence_lines: 20,
  recurrence_line_characters: 1_000,
  /** Google takes no more. */
  reminders: 5,
  candidates: 100,
  occurrences: 60,
  /** Of the window, the participants and their open hours. */
  timezones: 64,
  /** Starts times people and occurrences: what half a second of processor time is enough for. */
  search_steps: 1_250_000,
  /** Of the names and addresses of all people, at each candidate. */
  answer_characters: 1_250_000,

  // Tasks and their events.
  task_id_characters: 200,
  tasks: 200,
  attendees: 200,
  task_recurrence_line_characters: 4_000,
  search_text_characters: 200,

  // Lists of ids, pages and batches.
  ids: 1_000,
  audited_meetings: 100,
  page_meetings: 100,
  cursor_characters: 2_000,

  // Notification targets and Google connections.
  target_address_characters: 2_048,
  signing_secret_characters: 100,
  target_events: 20,
  return_url_characters: 2_048,
  authorization_code_characters: 200,
} as const;

export type LimitName = keyof typeof LIMITS;
