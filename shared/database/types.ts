export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

export type Database = {
  "public": {
    Tables: {
      "attendee_responses": {
        Row: {
          "additional_guests": number;
          "comment": string | null;
          "email": string;
          "event_etag": string;
          "kind": string;
          "organizer_user_id": string;
          "recorded_at": string;
          "responded_at": string;
          "response_status": string;
          "subject_id": string;
        };
        ComputedFields: never;
        Insert: {
          "additional_guests"?: number;
          "comment"?: string | null;
          "email": string;
          "event_etag": string;
          "kind": string;
          "organizer_user_id": string;
          "recorded_at"?: string;
          "responded_at": string;
          "response_status": string;
          "subject_id": string;
        };
        Update: {
          "additional_guests"?: number;
          "comment"?: string | null;
          "email"?: string;
          "event_etag"?: string;
          "kind"?: string;
          "organizer_user_id"?: string;
          "recorded_at"?: string;
          "responded_at"?: string;
          "response_status"?: string;
          "subject_id"?: string;
        };
        Relationships: [];
      };
      "availability_reads": {
        Row: {
          "owner_user_id": string;
          "read_at": string;
          "read_id": number;
          "reader_email": string;
          "window_end": string;
          "window_start": string;
        };
        ComputedFields: never;
        Insert: {
          "owner_user_id": string;
          "read_at"?: string;
          "read_id"?: never;
          "reader_email": string;
          "window_end": string;
          "window_start": string;
        };
        Update: {
          "owner_user_id"?: string;
          "read_at"?: string;
          "read_id"?: never;
          "reader_email"?: string;
          "window_end"?: string;
          "window_start"?: string;
        };
        Relationships: [];
      };
      "availability_sharing": {
        Row: {
          "created_at": string;
          "expires_at": string | null;
          "grantee": string | null;
          "grantee_kind": string;
          "id": string;
          "level": string;
          "owner_user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "created_at"?: string;
          "expires_at"?: string | null;
          "grantee"?: string | null;
          "grantee_kind": string;
          "id"?: string;
          "level"?: string;
          "owner_user_id"?: string;
        };
        Update: {
          "created_at"?: string;
          "expires_at"?: string | null;
          "grantee"?: string | null;
          "grantee_kind"?: string;
          "id"?: string;
          "level"?: string;
          "owner_user_id"?: string;
        };
        Relationships: [];
      };
      "meetings": {
        Row: {
          "allow_concessions": boolean;
          "attendees": NonNullable<Json>;
          "auto_reschedule": Json | null;
          "cancelled_at": string | null;
          "cancelled_in_google_at": string | null;
          "candidates": NonNullable<Json>;
          "conference": string;
          "constraints": NonNullable<Json>;
          "created_at": string;
          "description": string | null;
          "description_details": string | null;
          "desired_version": number;
          "ends_at": string | null;
          "event_generation": number;
          "event_key": string;
          "google_calendar_id": string;
          "google_event_id": string | null;
          "google_event_link": string | null;
          "guests_can_invite_others": boolean;
          "guests_can_modify": boolean;
          "guests_can_see_other_guests": boolean;
          "locale": string | null;
          "location": string | null;
          "meet_link": string | null;
          "meet_link_error": string | null;
          "meeting_id": string;
          "on_conflict": string;
          "organizer_display_name": string | null;
          "organizer_email": string | null;
          "organizer_self": boolean | null;
          "organizer_user_id": string | null;
          "participants": NonNullable<Json>;
          "reasoning": string | null;
          "recurrence": (string)[] | null;
          "reminders": Json | null;
          "scheduled_at": string | null;
          "scheduling_details": Json | null;
          "scheduling_error": string | null;
          "scheduling_reason": string | null;
          "scheduling_status": string;
          "score": number | null;
          "starts_at": string | null;
          "target_calendar_id": string;
          "timezone": string | null;
          "title": string | null;
          "updated_at": string;
          "weights": Json | null;
          "writeback_attempted_at": string | null;
          "writeback_error": string | null;
          "writeback_retry_count": number;
          "writeback_status": string | null;
          "writeback_succeeded_at": string | null;
          "written_version": number;
        };
        ComputedFields: never;
        Insert: {
          "allow_concessions"?: boolean;
          "attendees"?: NonNullable<Json>;
          "auto_reschedule"?: Json | null;
          "cancelled_at"?: string | null;
          "cancelled_in_google_at"?: string | null;
          "candidates"?: NonNullable<Json>;
          "conference"?: string;
          "constraints"?: NonNullable<Json>;
          "created_at"?: string;
          "description"?: string | null;
          "description_details"?: string | null;
          "desired_version"?: number;
          "ends_at"?: string | null;
          "event_generation"?: number;
          "event_key"?: string;
          "google_calendar_id"?: string;
          "google_event_id"?: string | null;
          "google_event_link"?: string | null;
          "guests_can_invite_others"?: boolean;
          "guests_can_modify"?: boolean;
          "guests_can_see_other_guests"?: boolean;
          "locale"?: string | null;
          "location"?: string | null;
          "meet_link"?: string | null;
          "meet_link_error"?: string | null;
          "meeting_id"?: string;
          "on_conflict"?: string;
          "organizer_display_name"?: string | null;
          "organizer_email"?: string | null;
          "organizer_self"?: boolean | null;
          "organizer_user_id"?: string | null;
          "participants"?: NonNullable<Json>;
          "reasoning"?: string | null;
          "recurrence"?: (string)[] | null;
          "reminders"?: Json | null;
          "scheduled_at"?: string | null;
          "scheduling_details"?: Json | null;
          "scheduling_error"?: string | null;
          "scheduling_reason"?: string | null;
          "scheduling_status"?: string;
          "score"?: number | null;
          "starts_at"?: string | null;
          "target_calendar_id"?: string;
          "timezone"?: string | null;
          "title"?: string | null;
          "updated_at"?: string;
          "weights"?: Json | null;
          "writeback_attempted_at"?: string | null;
          "writeback_error"?: string | null;
          "writeback_retry_count"?: number;
          "writeback_status"?: string | null;
          "writeback_succeeded_at"?: string | null;
          "written_version"?: number;
        };
        Update: {
          "allow_concessions"?: boolean;
          "attendees"?: NonNullable<Json>;
          "auto_reschedule"?: Json | null;
          "cancelled_at"?: string | null;
          "cancelled_in_google_at"?: string | null;
          "candidates"?: NonNullable<Json>;
          "conference"?: string;
          "constraints"?: NonNullable<Json>;
          "created_at"?: string;
          "description"?: string | null;
          "description_details"?: string | null;
          "desired_version"?: number;
          "ends_at"?: string | null;
          "event_generation"?: number;
          "event_key"?: string;
          "google_calendar_id"?: string;
          "google_event_id"?: string | null;
          "google_event_link"?: string | null;
          "guests_can_invite_others"?: boolean;
          "guests_can_modify"?: boolean;
          "guests_can_see_other_guests"?: boolean;
          "locale"?: string | null;
          "location"?: string | null;
          "meet_link"?: string | null;
          "meet_link_error"?: string | null;
          "meeting_id"?: string;
          "on_conflict"?: string;
          "organizer_display_name"?: string | null;
          "organizer_email"?: string | null;
          "organizer_self"?: boolean | null;
          "organizer_user_id"?: string | null;
          "participants"?: NonNullable<Json>;
          "reasoning"?: string | null;
          "recurrence"?: (string)[] | null;
          "reminders"?: Json | null;
          "scheduled_at"?: string | null;
          "scheduling_details"?: Json | null;
          "scheduling_error"?: string | null;
          "scheduling_reason"?: string | null;
          "scheduling_status"?: string;
          "score"?: number | null;
          "starts_at"?: string | null;
          "target_calendar_id"?: string;
          "timezone"?: string | null;
          "title"?: string | null;
          "updated_at"?: string;
          "weights"?: Json | null;
          "writeback_attempted_at"?: string | null;
          "writeback_error"?: string | null;
          "writeback_retry_count"?: number;
          "writeback_status"?: string | null;
          "writeback_succeeded_at"?: string | null;
          "written_version"?: number;
        };
        Relationships: [];
      };
      "notification_targets": {
        Row: {
          "address": string | null;
          "created_at": string;
          "enabled": boolean;
          "events": (string)[];
          "kind": string;
          "owner_user_id": string | null;
          "signing_secret": string | null;
          "target_id": string;
          "updated_at": string;
        };
        ComputedFields: never;
        Insert: {
          "address"?: string | null;
          "created_at"?: string;
          "enabled"?: boolean;
          "events"?: (string)[];
          "kind": string;
          "owner_user_id"?: string | null;
          "signing_secret"?: string | null;
          "target_id"?: string;
          "updated_at"?: string;
        };
        Update: {
          "address"?: string | null;
          "created_at"?: string;
          "enabled"?: boolean;
          "events"?: (string)[];
          "kind"?: string;
          "owner_user_id"?: string | null;
          "signing_secret"?: string | null;
          "target_id"?: string;
          "updated_at"?: string;
        };
        Relationships: [];
      };
      "notifications": {
        Row: {
          "attempts": number;
          "created_at": string;
          "error": string | null;
          "event": string;
          "kind": string;
          "meeting_id": string | null;
          "notification_id": string;
          "organizer_user_id": string | null;
          "owner_user_id": string | null;
          "payload": NonNullable<Json>;
          "queued_at": string;
          "request_id": string | null;
          "sent_at": string | null;
          "status": string;
          "target_id": string | null;
          "transition_key": string;
        };
        ComputedFields: never;
        Insert: {
          "attempts"?: number;
          "created_at"?: string;
          "error"?: string | null;
          "event": string;
          "kind": string;
          "meeting_id"?: string | null;
          "notification_id"?: string;
          "organizer_user_id"?: string | null;
          "owner_user_id"?: string | null;
          "payload": NonNullable<Json>;
          "queued_at"?: string;
          "request_id"?: string | null;
          "sent_at"?: string | null;
          "status"?: string;
          "target_id"?: string | null;
          "transition_key": string;
        };
        Update: {
          "attempts"?: number;
          "created_at"?: string;
          "error"?: string | null;
          "event"?: string;
          "kind"?: string;
          "meeting_id"?: string | null;
          "notification_id"?: string;
          "organizer_user_id"?: string | null;
          "owner_user_id"?: string | null;
          "payload"?: NonNullable<Json>;
          "queued_at"?: string;
          "request_id"?: string | null;
          "sent_at"?: string | null;
          "status"?: string;
          "target_id"?: string | null;
          "transition_key"?: string;
        };
        Relationships: [];
      };
      "scheduling_preferences": {
        Row: {
          "auto_reschedule": Json | null;
          "buffer_after_minutes": number | null;
          "buffer_before_minutes": number | null;
          "created_at": string;
          "has_lunch": boolean;
          "holiday_calendar": string | null;
          "holiday_dates": (string)[];
          "holidays_error": string | null;
          "holidays_known_until": string | null;
          "lunch": Json | null;
          "minimum_notice_minutes": number | null;
          "open_hours": Json | null;
          "out_of_office_days": (string)[];
          "owner_user_id": string;
          "preferred_days": (string)[] | null;
          "preferred_hours_end": number | null;
          "preferred_hours_start": number | null;
          "timezone": string | null;
          "updated_at": string;
        };
        ComputedFields: never;
        Insert: {
          "auto_reschedule"?: Json | null;
          "buffer_after_minutes"?: number | null;
          "buffer_before_minutes"?: number | null;
          "created_at"?: string;
          "has_lunch"?: boolean;
          "holiday_calendar"?: string | null;
          "holiday_dates"?: (string)[];
          "holidays_error"?: string | null;
          "holidays_known_until"?: string | null;
          "lunch"?: Json | null;
          "minimum_notice_minutes"?: number | null;
          "open_hours"?: Json | null;
          "out_of_office_days"?: (string)[];
          "owner_user_id"?: string;
          "preferred_days"?: (string)[] | null;
          "preferred_hours_end"?: number | null;
          "preferred_hours_start"?: number | null;
          "timezone"?: string | null;
          "updated_at"?: string;
        };
        Update: {
          "auto_reschedule"?: Json | null;
          "buffer_after_minutes"?: number | null;
          "buffer_before_minutes"?: number | null;
          "created_at"?: string;
          "has_lunch"?: boolean;
          "holiday_calendar"?: string | null;
          "holiday_dates"?: (string)[];
          "holidays_error"?: string | null;
          "holidays_known_until"?: string | null;
          "lunch"?: Json | null;
          "minimum_notice_minutes"?: number | null;
          "open_hours"?: Json | null;
          "out_of_office_days"?: (string)[];
          "owner_user_id"?: string;
          "preferred_days"?: (string)[] | null;
          "preferred_hours_end"?: number | null;
          "preferred_hours_start"?: number | null;
          "timezone"?: string | null;
          "updated_at"?: string;
        };
        Relationships: [];
      };
      "task_calendar_events": {
        Row: {
          "attendees": Json | null;
          "calendar_event_id": string;
          "calendar_id": string;
          "created_at": string;
          "deleted_at": string | null;
          "etag": string | null;
          "event_end": string | null;
          "event_generation": number;
          "event_key": string;
          "event_link": string | null;
          "event_start": string | null;
          "event_title": string | null;
          "exception_type": string | null;
          "id": string;
          "is_all_day": boolean;
          "is_exception": boolean | null;
          "is_master_event": boolean | null;
          "last_synced_at": string | null;
          "organizer_display_name": string | null;
          "organizer_email": string | null;
          "organizer_self": boolean | null;
          "original_start_time": string | null;
          "recurrence_instance_date": string | null;
          "recurrence_master_id": string | null;
          "recurrence_rule": string | null;
          "series_update_scope": string | null;
          "sync_error": string | null;
          "sync_source": string | null;
          "sync_status": string;
          "task_id": string | null;
          "timezone": string | null;
          "updated_at": string | null;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "attendees"?: Json | null;
          "calendar_event_id": string;
          "calendar_id"?: string;
          "created_at"?: string;
          "deleted_at"?: string | null;
          "etag"?: string | null;
          "event_end"?: string | null;
          "event_generation"?: number;
          "event_key"?: string;
          "event_link"?: string | null;
          "event_start"?: string | null;
          "event_title"?: string | null;
          "exception_type"?: string | null;
          "id"?: string;
          "is_all_day"?: boolean;
          "is_exception"?: boolean | null;
          "is_master_event"?: boolean | null;
          "last_synced_at"?: string | null;
          "organizer_display_name"?: string | null;
          "organizer_email"?: string | null;
          "organizer_self"?: boolean | null;
          "original_start_time"?: string | null;
          "recurrence_instance_date"?: string | null;
          "recurrence_master_id"?: string | null;
          "recurrence_rule"?: string | null;
          "series_update_scope"?: string | null;
          "sync_error"?: string | null;
          "sync_source"?: string | null;
          "sync_status"?: string;
          "task_id"?: string | null;
          "timezone"?: string | null;
          "updated_at"?: string | null;
          "user_id": string;
        };
        Update: {
          "attendees"?: Json | null;
          "calendar_event_id"?: string;
          "calendar_id"?: string;
          "created_at"?: string;
          "deleted_at"?: string | null;
          "etag"?: string | null;
          "event_end"?: string | null;
          "event_generation"?: number;
          "event_key"?: string;
          "event_link"?: string | null;
          "event_start"?: string | null;
          "event_title"?: string | null;
          "exception_type"?: string | null;
          "id"?: string;
          "is_all_day"?: boolean;
          "is_exception"?: boolean | null;
          "is_master_event"?: boolean | null;
          "last_synced_at"?: string | null;
          "organizer_display_name"?: string | null;
          "organizer_email"?: string | null;
          "organizer_self"?: boolean | null;
          "original_start_time"?: string | null;
          "recurrence_instance_date"?: string | null;
          "recurrence_master_id"?: string | null;
          "recurrence_rule"?: string | null;
          "series_update_scope"?: string | null;
          "sync_error"?: string | null;
          "sync_source"?: string | null;
          "sync_status"?: string;
          "task_id"?: string | null;
          "timezone"?: string | null;
          "updated_at"?: string | null;
          "user_id"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "task_calendar_events_task_id_fkey";
            columns: ["task_id"];
            isOneToOne: false;
            referencedRelation: "tasks";
            referencedColumns: ["id"];
          },
        ];
      };
      "tasks": {
        Row: {
          "assignees": NonNullable<Json>;
          "created_at": string;
          "deleted_at": string | null;
          "description": string | null;
          "duration_minutes": number;
          "id": string;
          "recurrence_ends": string | null;
          "recurrence_pattern": string | null;
          "start_date": string | null;
          "status": string;
          "task_type": string;
          "title": string;
          "updated_at": string;
          "user_id": string;
        };
        ComputedFields: never;
        Insert: {
          "assignees"?: NonNullable<Json>;
          "created_at"?: string;
          "deleted_at"?: string | null;
          "description"?: string | null;
          "duration_minutes"?: number;
          "id"?: string;
          "recurrence_ends"?: string | null;
          "recurrence_pattern"?: string | null;
          "start_date"?: string | null;
          "status"?: string;
          "task_type"?: string;
          "title": string;
          "updated_at"?: string;
          "user_id"?: string;
        };
        Update: {
          "assignees"?: NonNullable<Json>;
          "created_at"?: string;
          "deleted_at"?: string | null;
          "description"?: string | null;
          "duration_minutes"?: number;
          "id"?: string;
          "recurrence_ends"?: string | null;
          "recurrence_pattern"?: string | null;
          "start_date"?: string | null;
          "status"?: string;
          "task_type"?: string;
          "title"?: string;
          "updated_at"?: string;
          "user_id"?: string;
        };
        Relationships: [];
      };
      "writeback_ledger": {
        Row: {
          "at": string;
          "decision": string | null;
          "duration_ms": number | null;
          "lease_token": string | null;
          "ledger_id": number;
          "meeting_id": string;
          "organizer_user_id": string | null;
          "outcome": string | null;
          "reason": string | null;
          "request": Json | null;
          "request_id": string | null;
          "status": number | null;
          "step": string;
        };
        ComputedFields: never;
        Insert: {
          "at"?: string;
          "decision"?: string | null;
          "duration_ms"?: number | null;
          "lease_token"?: string | null;
          "ledger_id"?: never;
          "meeting_id": string;
          "organizer_user_id"?: string | null;
          "outcome"?: string | null;
          "reason"?: string | null;
          "request"?: Json | null;
          "request_id"?: string | null;
          "status"?: number | null;
          "step": string;
        };
        Update: {
          "at"?: string;
          "decision"?: string | null;
          "duration_ms"?: number | null;
          "lease_token"?: string | null;
          "ledger_id"?: never;
          "meeting_id"?: string;
          "organizer_user_id"?: string | null;
          "outcome"?: string | null;
          "reason"?: string | null;
          "request"?: Json | null;
          "request_id"?: string | null;
          "status"?: number | null;
          "step"?: string;
        };
        Relationships: [];
      };
    };
    Views: {
      "v_calendar_events": {
        Row: {
          "attendees": Json | null;
          "calendar_event_id": string | null;
          "calendar_id": string | null;
          "event_end": string | null;
          "event_link": string | null;
          "event_start": string | null;
          "event_title": string | null;
          "kind": string | null;
          "meeting_id": string | null;
          "organizer_email": string | null;
          "organizer_self": boolean | null;
          "task_event_id": string | null;
          "task_id": string | null;
          "user_id": string | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
      "v_events_with_declined_guests": {
        Row: {
          "calendar_event_id": string | null;
          "calendar_id": string | null;
          "declined_count": number | null;
          "declined_emails": Json | null;
          "event_link": string | null;
          "event_start": string | null;
          "event_title": string | null;
          "id": string | null;
          "kind": string | null;
          "meeting_id": string | null;
          "task_id": string | null;
          "user_id": string | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
      "v_frequent_collaborators": {
        Row: {
          "accepted": number | null;
          "declined": number | null;
          "display_name": string | null;
          "email": string | null;
          "events": number | null;
          "latest_event_start": string | null;
          "meetings": number | null;
          "tasks": number | null;
          "user_id": string | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
      "v_organizing_by_month": {
        Row: {
          "attending": number | null;
          "meetings": number | null;
          "month": string | null;
          "organizing": number | null;
          "tasks": number | null;
          "unknown": number | null;
          "user_id": string | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
      "v_writeback_status": {
        Row: {
          "cancelled_at": string | null;
          "google_event_id": string | null;
          "google_event_link": string | null;
          "meeting_id": string;
          "reason": string | null;
          "scheduled_at": string | null;
          "stage": string | null;
          "state": string | null;
          "writeback_attempted_at": string | null;
          "writeback_error": string | null;
          "writeback_retry_count": number;
          "writeback_status": string | null;
          "writeback_succeeded_at": string | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
    };
    Functions: {
      "adopt_google_event": {
        Args: { "p_event": Json; "p_kind": string; "p_subject_id": string };
        Returns: boolean;
      };
      "allow_availability": {
        Args: {
          "p_expires_at"?: string;
          "p_grantee": string;
          "p_grantee_kind": string;
          "p_level": string;
          "p_user_id": string;
        };
        Returns: Json;
      };
      "anonymous_users_allowed": { Args: Record<PropertyKey, never>; Returns: boolean };
      "assignee_emails": {
        Args: { "p_assignee_ids": (string)[]; "p_user_id": string };
        Returns: Json;
      };
      "begin_event_change": {
        Args: {
          "p_calendar_event_id": string;
          "p_calendar_id": string;
          "p_invites"?: number;
          "p_lease_seconds"?: number;
          "p_user_id": string;
        };
        Returns: Json;
      };
      "begin_google_authorization": {
        Args: {
          "p_code_verifier_encrypted": string;
          "p_return_url": string;
          "p_state_hash": string;
          "p_user_id": string;
        };
        Returns: Json;
      };
      "begin_scheduling": {
        Args: {
          "p_is_waiting"?: boolean;
          "p_lease_seconds"?: number;
          "p_meeting"?: Json;
          "p_meeting_id": string;
          "p_reschedule"?: boolean;
          "p_user_id"?: string;
        };
        Returns: Json;
      };
      "begin_task_event": {
        Args: {
          "p_is_waiting"?: boolean;
          "p_lease_seconds"?: number;
          "p_slots"?: Json;
          "p_task_id": string;
          "p_user_id": string;
          "p_wanted": Json;
        };
        Returns: Json;
      };
      "begin_writeback": {
        Args: {
          "p_lease_seconds"?: number;
          "p_meeting_id": string;
          "p_user_id"?: string;
          "p_waited_for"?: string;
        };
        Returns: Json;
      };
      "cancel_meeting": {
        Args: { "p_expected_version"?: number; "p_meeting_id": string; "p_user_id"?: string };
        Returns: Json;
      };
      "cancel_meetings_of_user": { Args: { "p_user_id": string }; Returns: Json };
      "change_meeting": {
        Args: {
          "p_changes": Json;
          "p_check"?: Json;
          "p_expected_version"?: number;
          "p_meeting_id": string;
          "p_series"?: Json;
          "p_user_id": string;
        };
        Returns: Json;
      };
      "claim_conflict_checks": {
        Args: { "p_lease_seconds"?: number; "p_limit"?: number };
        Returns: Json[];
      };
      "claim_holidays": { Args: { "p_lease_seconds"?: number; "p_limit"?: number }; Returns: Json };
      "claim_meet_links": {
        Args: { "p_lease_seconds"?: number; "p_limit"?: number };
        Returns: Json;
      };
      "claim_notifications": {
        Args: { "p_lease_seconds"?: number; "p_limit"?: number };
        Returns: {
          "address": string;
          "created_at": string;
          "event": string;
          "kind": string;
          "lease_token": string;
          "notification_id": string;
          "payload": Json;
          "signing_secret": string;
          "target_wanted": boolean;
        }[];
      };
      "claim_profile_readings": { Args: { "p_user_ids": (string)[] }; Returns: string[] };
      "claim_schedulings": {
        Args: { "p_lease_seconds"?: number; "p_limit"?: number };
        Returns: Json[];
      };
      "claim_syncs": {
        Args: { "p_lease_seconds"?: number; "p_limit"?: number; "p_push"?: boolean };
        Returns: Json;
      };
      "claim_task_events": {
        Args: { "p_lease_seconds"?: number; "p_limit"?: number };
        Returns: Json[];
      };
      "claim_writeback_slice": {
        Args: { "p_lease_seconds"?: number; "p_limit": number; "p_reclaim"?: boolean };
        Returns: Json;
      };
      "claim_writebacks": {
        Args: { "p_lease_seconds"?: number; "p_limit"?: number };
        Returns: {
          "attempts": number;
          "google_account_id": string;
          "google_calendar_id": string;
          "lease_token": string;
          "leased_until": string;
          "meeting": Json;
          "meeting_id": string;
          "operation": string;
          "outcome_unknown": boolean;
        }[];
      };
      "connect_google": {
        Args: {
          "p_access_token_encrypted": string;
          "p_access_token_expires_at": string;
          "p_email": string;
          "p_email_verified": boolean;
          "p_google_account_id": string;
          "p_granted_scopes": (string)[];
          "p_hosted_domain": string;
          "p_refresh_token_encrypted": string;
          "p_status": string;
          "p_status_reason": string;
          "p_user_id": string;
        };
        Returns: Json;
      };
      "convene_health": {
        Args: Record<PropertyKey, never>;
        Returns: {
          "area": string;
          "count": number;
          "details": Json;
          "name": string;
          "reason": string;
          "since": string;
          "status": string;
          "what_to_do": string;
        }[];
      };
      "count_failed_work": {
        Args: {
          "p_before"?: string;
          "p_kind"?: string;
          "p_reason"?: string;
          "p_since"?: string;
          "p_user_id"?: string;
        };
        Returns: Json;
      };
      "decide_move": {
        Args: {
          "p_decision": string;
          "p_meeting_id": string;
          "p_starts_at"?: string;
          "p_user_id": string;
        };
        Returns: Json;
      };
      "discard_task_event": {
        Args: { "p_calendar_event_id": string; "p_calendar_id": string; "p_user_id": string };
        Returns: boolean;
      };
      "find_event_keys": { Args: { "p_event_keys": (string)[] }; Returns: string[] };
      "find_google_authorization": {
        Args: { "p_state_hash": string };
        Returns: {
          "return_url": string;
          "user_id": string;
        }[];
      };
      "find_task_event": {
        Args: {
          "p_calendar_event_id": string;
          "p_calendar_id": string;
          "p_id": string;
          "p_user_id": string;
        };
        Returns: Json;
      };
      "finish_batch": { Args: { "p_kind": string; "p_wake"?: boolean }; Returns: Json };
      "follow_task_event": {
        Args: {
          "p_calendar_event_id": string;
          "p_from": string;
          "p_lease_token"?: string;
          "p_to": string;
          "p_user_id": string;
        };
        Returns: boolean;
      };
      "forget_google_connection": {
        Args: { "p_user_id": string };
        Returns: {
          "account_used_by_others": boolean;
          "refresh_token_encrypted": string;
        }[];
      };
      "get_pending_writebacks": {
        Args: { "p_limit"?: number };
        Returns: {
          "allow_concessions": boolean;
          "attendees": NonNullable<Json>;
          "auto_reschedule": Json | null;
          "cancelled_at": string | null;
          "cancelled_in_google_at": string | null;
          "candidates": NonNullable<Json>;
          "conference": string;
          "constraints": NonNullable<Json>;
          "created_at": string;
          "description": string | null;
          "description_details": string | null;
          "desired_version": number;
          "ends_at": string | null;
          "event_generation": number;
          "event_key": string;
          "google_calendar_id": string;
          "google_event_id": string | null;
          "google_event_link": string | null;
          "guests_can_invite_others": boolean;
          "guests_can_modify": boolean;
          "guests_can_see_other_guests": boolean;
          "locale": string | null;
          "location": string | null;
          "meet_link": string | null;
          "meet_link_error": string | null;
          "meeting_id": string;
          "on_conflict": string;
          "organizer_display_name": string | null;
          "organizer_email": string | null;
          "organizer_self": boolean | null;
          "organizer_user_id": string | null;
          "participants": NonNullable<Json>;
          "reasoning": string | null;
          "recurrence": (string)[] | null;
          "reminders": Json | null;
          "scheduled_at": string | null;
          "scheduling_details": Json | null;
          "scheduling_error": string | null;
          "scheduling_reason": string | null;
          "scheduling_status": string;
          "score": number | null;
          "starts_at": string | null;
          "target_calendar_id": string;
          "timezone": string | null;
          "title": string | null;
          "updated_at": string;
          "weights": Json | null;
          "writeback_attempted_at": string | null;
          "writeback_error": string | null;
          "writeback_retry_count": number;
          "writeback_status": string | null;
          "writeback_succeeded_at": string | null;
          "written_version": number;
        }[];
        SetofOptions: {
          from: "*";
          to: "meetings";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      "list_auditable_calendars": {
        Args: { "p_limit"?: number };
        Returns: {
          "calendars": number;
          "google_calendar_id": string;
          "user_id": string;
        }[];
      };
      "list_auditable_meetings": {
        Args: { "p_after"?: string; "p_limit"?: number; "p_meeting_ids"?: (string)[] };
        Returns: Json[];
      };
      "list_auditable_task_events": {
        Args: { "p_after"?: string; "p_ids"?: (string)[]; "p_limit"?: number };
        Returns: Json[];
      };
      "list_availability_sharing": {
        Args: { "p_user_id": string };
        Returns: {
          "created_at": string;
          "expires_at": string | null;
          "grantee": string | null;
          "grantee_kind": string;
          "id": string;
          "level": string;
          "owner_user_id": string;
        }[];
        SetofOptions: {
          from: "*";
          to: "availability_sharing";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      "list_failed_searches": { Args: { "p_limit"?: number }; Returns: Json[] };
      "list_meetings": {
        Args: {
          "p_before"?: string;
          "p_before_meeting_id"?: string;
          "p_limit"?: number;
          "p_reason"?: string;
          "p_since"?: string;
          "p_state"?: string;
          "p_user_id"?: string;
        };
        Returns: Json;
      };
      "list_unsynced_events": {
        Args: {
          "p_event_ids"?: (string)[];
          "p_limit"?: number;
          "p_meeting_id"?: string;
          "p_task_ids"?: (string)[];
          "p_user_id"?: string;
        };
        Returns: Json;
      };
      "mark_google_needs_reauth": {
        Args: { "p_reason": string; "p_refresh_token_encrypted": string; "p_user_id": string };
        Returns: boolean;
      };
      "mark_writeback_failure": {
        Args: {
          "p_error_message": string;
          "p_event_generation"?: number;
          "p_lease_token"?: string;
          "p_meeting_id": string;
          "p_not_before_seconds"?: number;
          "p_outcome_unknown"?: boolean;
          "p_should_retry"?: boolean;
          "p_spends_attempt"?: boolean;
          "p_steps"?: Json;
        };
        Returns: boolean;
      };
      "mark_writeback_success": {
        Args: {
          "p_event"?: Json;
          "p_event_generation"?: number;
          "p_google_calendar_id": string;
          "p_google_event_id": string;
          "p_google_event_link": string;
          "p_lease_token"?: string;
          "p_meeting_id": string;
          "p_steps"?: Json;
          "p_written_version"?: number;
        };
        Returns: boolean;
      };
      "pause_all_google_connections": { Args: { "p_until": string }; Returns: undefined };
      "pause_google_connection": {
        Args: { "p_until": string; "p_user_id": string; "p_writes_only"?: boolean };
        Returns: undefined;
      };
      "pause_work": {
        Args: {
          "p_kind"?: string;
          "p_paused_by"?: string;
          "p_reason": string;
          "p_until"?: string;
          "p_user_id"?: string;
        };
        Returns: Json;
      };
      "preview_change": {
        Args: {
          "p_changes": Json;
          "p_expected_version"?: number;
          "p_meeting_id": string;
          "p_series"?: Json;
          "p_user_id": string;
        };
        Returns: Json;
      };
      "read_conflict_context": {
        Args: {
          "p_changes"?: Json;
          "p_is_claimed"?: boolean;
          "p_meeting_id": string;
          "p_user_id"?: string;
        };
        Returns: Json;
      };
      "read_google_connection": {
        Args: { "p_user_id": string };
        Returns: {
          "access_token_encrypted": string;
          "access_token_expires_at": string;
          "email": string;
          "google_account_id": string;
          "granted_scopes": (string)[];
          "paused_until": string;
          "refresh_token_encrypted": string;
          "status": string;
          "status_reason": string;
          "user_id": string;
          "writes_paused_until": string;
        }[];
      };
      "read_meeting": {
        Args: { "p_attempts"?: boolean; "p_meeting_id": string; "p_user_id"?: string };
        Returns: Json;
      };
      "read_queue": {
        Args: { "p_meeting_ids"?: (string)[] };
        Returns: {
          "attempts": number;
          "deferrals": number;
          "due_at": string;
          "is_leased": boolean;
          "kind": string;
          "meeting_id": string;
        }[];
      };
      "read_scheduling_context": {
        Args: {
          "p_is_new_search"?: boolean;
          "p_meeting"?: Json;
          "p_meeting_id": string;
          "p_user_id"?: string;
        };
        Returns: Json;
      };
      "read_slot_holds": {
        Args: {
          "p_emails": (string)[];
          "p_from": string;
          "p_meeting_id"?: string;
          "p_organizer_user_id"?: string;
          "p_read"?: Json;
          "p_task_event_id"?: string;
          "p_to": string;
        };
        Returns: {
          "ends_at": string;
          "participant_email": string;
          "starts_at": string;
        }[];
      };
      "read_task_event": {
        Args: { "p_calendar_event_id": string; "p_calendar_id": string; "p_user_id": string };
        Returns: Json;
      };
      "read_task_events": {
        Args: { "p_task_ids": (string)[]; "p_user_id": string };
        Returns: Json;
      };
      "receive_google_code": {
        Args: {
          "p_google_code_encrypted": string;
          "p_one_time_code_hash": string;
          "p_state_hash": string;
        };
        Returns: boolean;
      };
      "receive_push": {
        Args: {
          "p_channel_id": string;
          "p_is_first": boolean;
          "p_lease_seconds"?: number;
          "p_push"?: boolean;
          "p_resource_id": string;
        };
        Returns: Json;
      };
      "refresh_written_event": {
        Args: {
          "p_event": Json;
          "p_google_event_id": string;
          "p_google_event_link": string;
          "p_meeting_id": string;
        };
        Returns: boolean;
      };
      "requeue_failed_work": {
        Args: {
          "p_after"?: string;
          "p_before"?: string;
          "p_kind"?: string;
          "p_limit"?: number;
          "p_reason"?: string;
          "p_since"?: string;
          "p_user_id"?: string;
        };
        Returns: Json;
      };
      "requeue_meeting": { Args: { "p_meeting_id": string; "p_user_id"?: string }; Returns: Json };
      "requeue_meetings": {
        Args: {
          "p_after"?: string;
          "p_before"?: string;
          "p_kind"?: string;
          "p_limit"?: number;
          "p_reason"?: string;
          "p_since"?: string;
          "p_user_id"?: string;
        };
        Returns: Json;
      };
      "requeue_task_event": { Args: { "p_id": string; "p_user_id"?: string }; Returns: Json };
      "requeue_work": { Args: { "p_kind": string; "p_subject_id": string }; Returns: string };
      "restart_sync": { Args: { "p_lease_token": string; "p_sync_id": string }; Returns: boolean };
      "resume_work": { Args: { "p_kind"?: string; "p_user_id"?: string }; Returns: Json };
      "revoke_availability": { Args: { "p_id": string; "p_user_id": string }; Returns: boolean };
      "save_calendar_profile": {
        Args: {
          "p_events_read": number;
          "p_google_account_id": string;
          "p_profile": string;
          "p_user_id": string;
        };
        Returns: boolean;
      };
      "save_channel": {
        Args: {
          "p_channel_id": string;
          "p_error"?: string;
          "p_expires_at": string;
          "p_resource_id": string;
        };
        Returns: boolean;
      };
      "save_google_access_token": {
        Args: {
          "p_access_token_encrypted": string;
          "p_access_token_expires_at": string;
          "p_email"?: string;
          "p_email_verified"?: boolean;
          "p_hosted_domain"?: string;
          "p_new_refresh_token_encrypted"?: string;
          "p_refresh_token_encrypted": string;
          "p_user_id": string;
        };
        Returns: boolean;
      };
      "settle_conflict_check": {
        Args: {
          "p_check"?: Json;
          "p_lease_token": string;
          "p_meeting_id": string;
          "p_not_before_seconds"?: number;
          "p_verdict"?: string;
        };
        Returns: string;
      };
      "settle_holidays": {
        Args: {
          "p_calendar": string;
          "p_days": Json;
          "p_error"?: string;
          "p_known_until": string;
          "p_lease_token": string;
        };
        Returns: boolean;
      };
      "settle_meet_links": { Args: { "p_reads": Json }; Returns: number };
      "settle_notification": {
        Args: {
          "p_error"?: string;
          "p_lease_token": string;
          "p_not_before_seconds"?: number;
          "p_notification_id": string;
          "p_outcome": string;
          "p_spends_attempt"?: boolean;
        };
        Returns: boolean;
      };
      "settle_scheduling": {
        Args: {
          "p_candidates"?: Json;
          "p_details"?: Json;
          "p_error"?: string;
          "p_lease_token": string;
          "p_meeting_id": string;
          "p_not_before_seconds"?: number;
          "p_reason"?: string;
          "p_slot"?: Json;
          "p_verdict"?: string;
        };
        Returns: Json;
      };
      "settle_sync": {
        Args: {
          "p_error"?: string;
          "p_is_unreadable"?: boolean;
          "p_lease_token": string;
          "p_not_before_seconds"?: number;
          "p_sync_id": string;
          "p_verdict": string;
        };
        Returns: boolean;
      };
      "settle_task_event": {
        Args: {
          "p_changes": Json;
          "p_gone"?: (string)[];
          "p_id": string;
          "p_lease_token": string;
          "p_not_before_seconds"?: number;
          "p_release"?: boolean;
          "p_rows"?: Json;
          "p_verdict"?: string;
        };
        Returns: boolean;
      };
      "settle_writebacks": { Args: { "p_settlements": Json }; Returns: Json };
      "store_event_people": {
        Args: {
          "p_calendar_id": string;
          "p_events": Json;
          "p_missing"?: (string)[];
          "p_read_at"?: string;
          "p_user_id": string;
        };
        Returns: Json;
      };
      "store_sync_page": {
        Args: {
          "p_events": Json;
          "p_lease_token": string;
          "p_next"?: Json;
          "p_sync_id": string;
          "p_verified"?: (string)[];
        };
        Returns: Json;
      };
      "take_channels": { Args: { "p_user_id": string }; Returns: Json };
      "use_google_authorization": {
        Args: { "p_one_time_code_hash": string; "p_user_id": string };
        Returns: {
          "code_verifier_encrypted": string;
          "google_code_encrypted": string;
        }[];
      };
    };
    Enums: {
      [_ in never]: never;
    };
    CompositeTypes: {
      [_ in never]: never;
    };
  };
};

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">;

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">];

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof (
      & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
      & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"]
    )
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals } ? (
    & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"]
  )[TableName] extends {
    Row: infer R;
  } ? R
  : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R;
    } ? R
    : never
  : never;

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends
    {
      Insert: infer I;
    } ? I
  : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I;
    } ? I
    : never
  : never;

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends
    {
      Update: infer U;
    } ? U
  : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U;
    } ? U
    : never
  : never;

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never,
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never;

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never,
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][
    CompositeTypeName
  ]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never;

export const Constants = {
  "public": {
    Enums: {},
  },
} as const;
