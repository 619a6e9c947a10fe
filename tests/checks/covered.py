"""How audit logs fail in the field, line by line: the tests that hold each line here, or why it has none.

A line is held by tests of this folder that are named for it (`test_a1_…`), by those that are listed, or by both.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """What must not happen; tests elsewhere that see to it; why there is none, or what of it is left out."""

    says: str
    tests: tuple[str, ...] = ()
    exempt: str = ""


_LOG, _API, _APP = "tests/activity/", "tests/activity/api/", "tests/sei_audit/"
_PROOF = _LOG + "proof/"
_OWN, _OBJECTS = "tests/accounts/", "tests/tracked_objects/"

LINES = {
    "A1": Line(
        "Each way of writing a tracked object makes its entry or is refused: saves, bulk calls, querysets, "
        "expressions, cascades, many-to-many, commands, migrations",
        (
            _LOG + "test_recording.py::test_a_write_outside_a_recording_is_refused",
            _LOG + "test_recording.py::test_side_doors_are_refused_outside_a_recording",
            _LOG + "test_recording.py::test_no_tracked_row_changes_behind_djangos_back",
            _PROOF + "test_guard.py::test_sql_without_an_entry_is_not_committed",
            _PROOF + "test_guard.py::test_the_maintenance_role_passes_and_is_found",
        ),
        "There is no Django admin and no Celery.",
    ),
    "A2": Line(
        "The same operation makes the same entry by each route, and each URL that changes something has a test of it",
        (
            _OBJECTS + "api/test_objects.py::test_the_entry_is_the_page_s_but_for_who_and_from_where",
            _OBJECTS + "api/test_v2_upload.py::test_the_entry_is_that_of_the_page",
            _OBJECTS + "test_upload.py::test_only_developers_that_changed_have_entries",
        ),
    ),
    "A3": Line("A program has no say in whether and how it is logged"),
    "A4": Line(
        "What is refused leaves a trace",
        (
            _LOG + "test_sign_ins.py::test_a_wrong_password_is_recorded_without_it",
            _LOG + "test_export.py::test_a_refused_export_is_an_entry",
            _OBJECTS + "test_download.py::test_a_refused_download_is_recorded_too",
            _API + "test_exports.py::test_who_may_not_is_refused_and_that_is_an_entry",
            _OWN + "test_api.py::test_a_key_that_was_revoked_is_refused_and_told_of_once_a_minute",
            _OWN + "test_api.py::test_who_guesses_at_keys_fills_no_log",
        ),
        "Other refusals and forms with mistakes are records of the application's log: as entries, anybody could fill "
        "an account's log for ever by asking.",
    ),
    "A5": Line(
        "Nobody, the system, gone users and objects, unknown types: stored, and shown without an error",
        (
            _LOG + "test_detail.py::test_an_object_that_is_gone_leaves_its_name",
            _LOG + "test_list.py::test_an_actor_without_a_name_is_called_by_what_it_is",
        ),
    ),
    "A6": Line(
        "Logging that is switched off or stops is told",
        (
            "tests/checks/test_a_capture.py::test_a1_what_is_told_to_write_no_history_is_refused_for_all",
            _APP + "test_health.py::test_a_log_that_cannot_be_written_is_said",
            _APP + "test_metrics.py::test_each_accounts_chain_tells_its_head_and_since_when_it_is_silent",
        ),
        "There is no switch. Silence is for who watches the figures to judge.",
    ),
    "B1": Line(
        "Killed between change and entry, at whichever statement, or rolled back in part: both or neither",
        (
            _LOG + "test_recording.py::test_an_exception_leaves_neither_change_nor_entry",
            _LOG + "test_recording.py::test_a_rolled_back_savepoint_is_not_told",
            _LOG + "test_recording.py::test_a_savepoint_in_part_tells_what_is_left",
            _OWN + "test_batch.py::test_a_batch_that_is_given_up_is_not_told",
        ),
    ),
    "B2": Line(
        "A log that can't be written refuses the change in clear words, and those who watch are told",
        (
            _APP + "test_health.py::test_a_log_that_cannot_be_written_is_said",
            _APP + "test_metrics.py::test_a_request_that_the_database_could_not_serve_is_counted",
        ),
        "Signing in is refused too, and says so: an entry that waits elsewhere could be lost there. No partitions.",
    ),
    "B3": Line(
        "No queue overflows",
        (
            _APP + "test_recorder.py::test_while_the_server_is_away_entries_wait_on_disk",
            _APP + "test_recorder.py::test_what_was_sent_but_not_struck_off_is_there_once",
        ),
        "The app has no queue: an entry is committed with its change. That of the recorder is on its own disk.",
    ),
    "B4": Line(
        "A destination that is away gets everything later, once and in order",
        (
            _API + "test_follow.py::test_while_many_write_every_entry_is_seen_once_and_in_order",
            _APP + "test_recorder.py::test_a_server_that_is_killed_gets_each_entry_once",
        ),
        "The log is sent nowhere; others follow it by number, at their own pace.",
    ),
    "B5": Line("A purge finishes, locks nothing for long and leaves a trace", exempt="Nothing is ever purged."),
    "C1": Line(
        "Entries that arrive while somebody pages, and ties at the edge of a page, lose and repeat nothing",
        (
            _LOG + "test_paging.py::test_pages_are_the_list_without_gaps_or_repeats",
            _LOG + "test_paging.py::test_entries_that_arrive_meanwhile_move_nothing",
            _LOG + "test_concurrency.py::test_the_log_is_in_commit_order",
            _API + "test_follow.py::test_while_many_write_every_entry_is_seen_once_and_in_order",
        ),
    ),
    "C2": Line(
        "Made-up cursors, of other filters or of other accounts, are refused",
        (
            _LOG + "test_paging.py::test_a_cursor_that_was_changed_is_refused",
            _LOG + "test_paging.py::test_a_cursor_of_other_filters_is_refused",
            _LOG + "test_paging.py::test_a_cursor_of_another_account_is_refused",
            _API + "test_entries.py::test_a_cursor_is_for_one_filter_and_one_account",
        ),
    ),
    "C3": Line(
        "List, download and API find the same for any filter; fields are conditions, values alternatives; signs of "
        "query languages are text",
        (
            _LOG + "test_export.py::test_list_counts_and_export_agree_for_any_filter",
            _LOG + "test_filters.py::test_a_filter_finds",
            _LOG + "test_search.py::test_found_by",
            _API + "test_entries.py::test_a_filter_finds_what_the_list_finds",
        ),
    ),
    "C4": Line(
        "No question costs more than it may: plans, time limits, huge values",
        (
            _LOG + "test_plans.py::test_no_page_reads_the_log_from_end_to_end",
            _LOG + "test_filters.py::test_a_thousand_addresses_are_allowed",
            _APP + "test_errors.py::test_a_page_that_takes_too_long_says_so",
        ),
        "At ten million entries it is `python -m tests.benchmarks list`, run by hand.",
    ),
    "C5": Line(
        "Days with a missing or a second hour, far zones, the last microsecond: the same rows for every reader",
        (
            _LOG + "test_filters.py::test_the_last_microsecond_of_a_day_belongs_to_it",
            _LOG + "test_filters.py::test_dates_mean_the_same_to_readers_everywhere",
        ),
    ),
    "D1": Line(
        "Markup stays text in every field, on every page, whoever brings it",
        (
            _LOG + "test_list.py::test_markup_in_any_field_is_text",
            _LOG + "test_detail.py::test_markup_in_an_entry_stays_text",
            _APP + "test_errors.py::test_every_answer_has_the_strict_policy",
            _OWN + "test_unsent.py::test_markup_in_it_stays_text",
        ),
    ),
    "D2": Line(
        "No cell of a CSV is a formula, and each can be got back",
        (
            _LOG + "test_export.py::test_a_cell_that_is_no_formula_stays_and_one_that_is_gets_an_apostrophe",
            _OBJECTS + "test_download.py::test_no_cell_is_a_formula",
            _OBJECTS + "test_download.py::test_uploaded_again_it_changes_nothing",
        ),
        "No XLSX is written.",
    ),
    "D3": Line(
        "No text forges, hides or splits a line of a log or a row of a file",
        (
            _APP + "test_logs.py::test_a_line_of_text_cannot_be_forged",
            _APP + "test_logs.py::test_a_traceback_looks_like_no_record",
            _APP + "test_logs.py::test_a_hostile_address_is_one_line",
            _LOG + "test_sign_ins.py::test_nothing_in_an_address_starts_a_line_of_the_log",
            _LOG + "test_list.py::test_characters_that_hide_or_turn_text_are_shown_as_codes",
        ),
        "No syslog is spoken.",
    ),
    "D4": Line(
        "What looks like SQL, a JSON path or a template is a value; no address is fetched that must not be",
        (
            _LOG + "test_search.py::test_not_found_by",
            _OWN + "test_fetching.py::test_no_private_address_is_asked",
            _OWN + "test_fetching.py::test_no_other_scheme_is_known",
        ),
        "No webhooks.",
    ),
    "E1": Line(
        "Canaries in every place for a secret are in no table, file, page, line of a log or mail",
        (
            _LOG + "test_recording.py::test_a_secret_leaves_only_a_fingerprint",
            _OWN + "test_password_reset.py::test_nothing_secret_is_in_the_log",
            _OWN + "test_second_factor.py::test_an_app_and_its_recovery_codes_are_one_entry_without_secrets",
            _OBJECTS + "test_integrations.py::test_a_url_is_plain",
        ),
        "What people write into a field that is for everybody to read stays there: no program knows it for a secret.",
    ),
    "E2": Line(
        "The log is no way round permissions: not in lists, choices, counts, searches, downloads, details",
        (
            _LOG + "test_scope_everywhere.py::test_lists_counts_choices_and_downloads",
            _LOG + "test_scope_everywhere.py::test_pages_of_entries_and_objects",
            _LOG + "test_scope.py::test_no_filter_reaches_beyond",
            _OWN + "test_members.py::test_who_may_not_read_the_log_sees_no_sign_ins_and_no_names_of_trees",
        ),
    ),
    "E3": Line(
        "No session, token or link to a new password is stored in the log; keys by what everybody may see of them",
        (
            _OWN + "test_api_keys.py::test_of_the_secret_only_a_hash_is_kept",
            _OWN + "test_invitations.py::test_the_token_is_in_the_mail_alone",
        ),
        "Erasing persons isn't here yet.",
    ),
    "F1": Line(
        "Each role gets at each URL what it may, and another account's or tree's ids are not found",
        (
            _APP + "test_urls.py::test_who_gets_what",
            _APP + "test_urls.py::test_who_may_not_look_may_not_send_either",
            _APP + "test_urls.py::test_ids_of_another_account_are_not_found",
            _APP + "test_permissions.py::test_the_api_gives_what_the_table_says",
            _API + "test_entries.py::test_a_scoped_key_sees_its_tree_alone",
        ),
    ),
    "F2": Line(
        "Denied by default, also to visitors at the API, and no composing of permissions that opens it",
        (
            _OWN + "test_guard.py::test_a_view_without_a_mark_is_denied_even_to_an_admin",
            _OWN + "test_api.py::test_a_view_without_a_need_is_not_let_out",
            _OWN + "test_api.py::test_nobody_gets_in_without_a_key",
        ),
    ),
    "F3": Line(
        "A download takes a sign-in and the right to it at that moment, and is kept nowhere",
        (_LOG + "test_export.py::test_a_stranger_leaves_no_entry",),
        "A download that has begun when the right is taken away is finished.",
    ),
    "F4": Line(
        "Downloads are entries with their filters; no request, no code and no SQL changes an entry",
        (
            _LOG + "test_export.py::test_each_export_is_an_entry_written_first",
            _LOG + "test_export.py::test_only_get_exports",
            _LOG + "test_recording.py::test_the_orm_refuses_to_change_entries",
            _LOG + "test_recording.py::test_the_database_refuses_to_change_what_was_recorded",
            _LOG + "test_recording.py::test_every_history_table_is_append_only",
            _OWN + "test_api.py::test_too_many_requests_are_told_when_to_go_on",
        ),
        "Looking at pages is not an entry. Pages that download are not limited in rate; the API is.",
    ),
    "F5": Line(
        "What a scoped viewer sees is the whole log, restricted to their trees",
        (
            _LOG + "test_scope_everywhere.py::test_lists_counts_choices_and_downloads",
            _LOG + "test_scope.py::test_a_batch_across_trees_shows_what_is_within",
        ),
    ),
    "G1": Line(
        "Claimed addresses are ignored without trusted proxies, and with them the right hop counts",
        (
            _LOG + "test_requests.py::test_a_forwarded_address_is_ignored_without_proxies",
            _LOG + "test_requests.py::test_behind_proxies_the_right_hop_counts",
        ),
    ),
    "G2": Line(
        "Sessions, keys, single sign-on, commands: the right actor, and never that of the request before",
        (
            _OWN + "test_api_keys.py::test_what_a_key_does_is_told_of_it_and_its_owner",
            _OWN + "test_sso.py::test_a_member_gets_in",
            _LOG + "test_recording.py::test_an_inner_recording_has_its_own_actor",
        ),
    ),
    "G3": Line("Impersonation names both", exempt="Nobody can act as somebody else."),
    "G4": Line(
        "Ingest sets no number, no time of recording and no actor of ours",
        (
            _API + "test_ingest.py::test_what_is_ours_to_say_is_refused",
            _API + "test_ingest.py::test_who_has_sent_it_stands_on_it",
        ),
        "When something occurred is the sender's to say, however long ago; recorded_at is ours and stands beside it.",
    ),
    "G5": Line(
        "Names on an entry stay as they were, whatever is renamed or deleted",
        (
            _LOG + "test_recording.py::test_names_are_frozen_when_what_they_name_is_deleted",
            _LOG + "test_history_tab.py::test_a_deleted_object_keeps_its_history",
            _OWN + "test_members.py::test_removing_takes_all_roles_and_says_so",
        ),
    ),
    "H1": Line(
        "Edited, added, deleted, swapped, renumbered or cut off entries are found, with their place",
        (
            _LOG + "test_detail.py::test_an_entry_changed_in_the_database_is_told",
            _PROOF + "test_tampering.py::test_each_edited_column_is_found",
            _PROOF + "test_tampering.py::test_what_was_done_is_named_with_its_place",
            _PROOF + "test_tampering.py::test_everything_rewritten_with_new_hashes_contradicts_a_checkpoint",
            _PROOF + "test_tampering.py::test_an_old_state_put_back_contradicts_a_checkpoint",
            _PROOF + "test_tampering.py::test_whatever_is_done_is_found_and_nothing_else",
            _PROOF + "test_verify.py::test_a_checkpoint_kept_elsewhere_tells_of_a_cut",
        ),
    ),
    "H2": Line(
        "A hundred writers in several processes make one chain, without forks or false alarms",
        (
            _LOG + "test_concurrency.py::test_two_hundred_changes_by_eight_clients",
            _LOG + "test_canonical.py::test_an_entry_is_the_canonical_json_of_its_columns",
            _LOG + "test_canonical.py::test_a_time_is_in_utc_whatever_its_offset",
        ),
    ),
    "H3": Line(
        "It verifies after restoring, upgrading and new keys; what verifies is not what writes",
        (
            _PROOF + "test_dump.py::test_a_log_that_was_dumped_and_restored_verifies",
            _PROOF + "test_checkpoints.py::test_a_new_key_signs_and_the_old_one_still_counts",
            _PROOF + "test_manifests.py::test_the_program_runs_without_anything_of_the_app",
        ),
        "What Python verifies, PostgreSQL has hashed. Nothing is ever purged; no migration touches entries.",
    ),
    "I1": Line(
        "Downloads of any size are whole or seen not to be; clients that leave, two at once, servers that end",
        (
            _LOG + "test_export.py::test_everything_is_exported_and_nothing_of_other_accounts",
            _LOG + "test_export.py::test_a_failure_on_the_way_is_an_error_and_not_an_end",
            _LOG + "test_export.py::test_a_client_who_leaves_before_the_first_row_ends_the_query",
            _LOG + "test_gzipped.py::test_what_broke_has_no_end",
            _APP + "test_serve.py::test_a_stream_that_fails_is_an_error_for_the_client",
            _APP + "test_serve.py::test_a_client_that_stops_reading_ends_the_stream_and_uses_little_memory",
            "tests/checks/test_b_loss.py::test_b1_killed_at_random_points_nothing_is_lost_or_made_up",
        ),
        "Millions of rows are `python -m tests.benchmarks export`, by hand. A download isn't resumed but asked anew.",
    ),
}
