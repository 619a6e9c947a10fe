"""Every URL that takes more than GET: the test that reads the entry which it makes, or why it makes none."""

_OWN = "tests/accounts/"
_FACTOR = _OWN + "test_second_factor.py::"
_OBJECTS = "tests/tracked_objects/"
_LOG = "tests/activity/"
_BROWSER = "tests/sei_audit/test_sign_in_in_browser.py::"
_NOTHING_TRACKED = "It changes nothing that is tracked: "

POSTS = {
    "account_login": _OWN + "test_sign_in.py::test_sign_ins_are_in_the_log_of_the_account",
    "mfa_login_webauthn": _BROWSER + "test_a_passkey_alone_signs_in",
    "mfa_authenticate": _FACTOR + "test_the_code_is_asked_for_after_the_password",
    "account_logout": _NOTHING_TRACKED + "a session ends, which each sign-in began with an entry.",
    "account_reset_password": _OWN + "test_password_reset.py::test_the_log_of_each_account_says_both",
    "account_reset_password_from_key": _OWN + "test_password_reset.py::test_the_log_of_each_account_says_both",
    "unsent": _NOTHING_TRACKED + "it drops what the session had kept of a form.",
    "join": _OWN + "test_invitations.py::test_a_new_person_accepts_and_is_signed_in",
    "profile": _OWN + "test_profile.py::test_the_name_is_changed_and_logged",
    "password": _OWN + "test_profile.py::test_the_password_is_changed",
    "email": _NOTHING_TRACKED + "it mails a link; the change is made by confirm_email.",
    "confirm_email": _OWN + "test_profile.py::test_the_new_mailbox_confirms_and_the_old_one_is_told",
    "mfa_activate_totp": _OWN
    + "test_second_factor.py::test_an_app_and_its_recovery_codes_are_one_entry_without_secrets",
    "mfa_deactivate_totp": _FACTOR + "test_without_the_app_the_password_alone_lets_in",
    "mfa_generate_recovery_codes": _FACTOR + "test_new_recovery_codes_replace_the_old_ones",
    "mfa_add_webauthn": _BROWSER + "test_a_passkey_is_the_second_step_of_a_password",
    "mfa_edit_webauthn": _BROWSER + "test_it_is_renamed_and_removed",
    "mfa_remove_webauthn": _BROWSER + "test_it_is_renamed_and_removed",
    "sessions": _NOTHING_TRACKED + "sessions of one's own end.",
    "account_reauthenticate": _FACTOR + "test_a_wrong_password_there_is_a_refused_sign_in",
    "mfa_reauthenticate": _NOTHING_TRACKED + "it shows once more who is signed in already.",
    "mfa_reauthenticate_webauthn": _NOTHING_TRACKED + "it shows once more who is signed in already.",
    "sso_start": _NOTHING_TRACKED + "it leads to the identity provider.",
    "openid_connect_callback": _OWN + "test_sso.py::test_a_member_gets_in",
    "saml_acs": _OWN + "test_saml.py::test_a_member_gets_in",
    "sso:edit": _OWN + "test_sso_config.py::test_it_is_set_up_and_logged_without_its_secret",
    "sso:test": _OWN + "test_sso_config.py::test_one_that_is_not_says_what_is_wrong",
    "sso:delete": _OWN + "test_sso_config.py::test_it_is_deleted",
    "developers:upload": _NOTHING_TRACKED + "the file is kept for its owner until they approve it.",
    "developers:upload-map": _OBJECTS + "test_upload.py::test_the_mapping_is_remembered_and_its_changes_are_entries",
    "developers:upload-review": _OBJECTS + "test_upload.py::test_from_the_file_to_the_developers",
    "developers:upload-cancel": _NOTHING_TRACKED + "a file that nobody approved is dropped.",
    "developers:cloud-ids": _NOTHING_TRACKED + "the file is kept for its owner until they approve it.",
    "developers:cloud-ids-review": _OBJECTS + "test_cloud_ids.py::test_from_the_file_to_one_batch",
    "members:delete": _OWN + "test_members.py::test_removing_takes_all_roles_and_says_so",
    "members:active": _OWN + "test_members.py::test_deactivating_twice_is_one_entry",
    "members:give": _OWN + "test_roles.py::test_a_role_is_given_for_the_whole_account_or_on_trees",
    "members:take": _OWN + "test_roles.py::test_a_role_is_taken_away",
    "invitations:create": _OWN + "test_invitations.py::test_an_invitation_is_mailed_and_is_an_entry",
    "invitations:resend": _OWN + "test_invitations.py::test_sending_again_kills_the_link_before",
    "invitations:delete": _OWN + "test_invitations.py::test_a_revoked_invitation_is_gone_and_is_an_entry",
    **dict.fromkeys(
        [f"roles:{view}" for view in ("create", "edit", "delete")],
        _OWN + "test_roles.py::test_a_role_is_made_edited_and_deleted",
    ),
    "api-keys:create": _OBJECTS + "test_api_keys.py::test_its_entry_says_what_it_may_and_nothing_of_the_secret",
    "api-keys:edit": _OBJECTS + "test_api_keys.py::test_a_key_is_revoked_with_a_reason",
    "api-keys:delete": _OBJECTS + "test_api_keys.py::test_what_is_over_is_deleted",
    "activity:new_view": _LOG + "test_saved_views.py::test_sharing_editing_and_deleting_are_entries",
    "activity:edit_view": _LOG + "test_saved_views.py::test_sharing_editing_and_deleting_are_entries",
    "activity:delete_view": _LOG + "test_saved_views.py::test_sharing_editing_and_deleting_are_entries",
    "activity:versions:restore": _LOG + "versions/test_restore.py::test_one_entry_says_what_was_restored_and_why",
    "activity:verify": _LOG + "proof/test_verify.py::test_trouble_is_an_error_an_entry_and_a_line_of_the_log",
    "activity:reconcile": _LOG + "proof/test_reconcile.py::test_trouble_is_an_error_an_entry_and_a_line_of_the_log",
    "activity:catch_up": _LOG + "proof/test_catching_up.py::test_an_edit_past_the_app_is_an_entry_with_both_values",
    "activity:preferences": _NOTHING_TRACKED + "it sets cookies of the reader.",
    "activity-api:entries": _LOG + "api/test_ingest.py::test_an_entry_says_what_was_sent",
    "activity-api:import": _LOG + "api/test_ingest.py::test_an_import_tells_of_everything_and_of_long_ago",
}
_KINDS = (
    *("org-trees", "teams", "developers", "integrations"),
    *(f"{kind}-profiles" for kind in ("efficiency", "productivity", "business-alignment")),
)
_OF_KINDS = {
    "create": "tests/checks/test_a_capture.py::test_a2_each_kind_is_created_edited_and_deleted_by_its_pages",
    "edit": "tests/checks/test_a_capture.py::test_a2_each_kind_is_created_edited_and_deleted_by_its_pages",
    "delete": "tests/checks/test_a_capture.py::test_a2_each_kind_is_created_edited_and_deleted_by_its_pages",
    "delete-selected": "tests/checks/test_a_capture.py::test_a2_each_kind_is_created_edited_and_deleted_by_its_pages",
}
POSTS |= {f"{kind}:{view}": test for kind in _KINDS for view, test in _OF_KINDS.items()}

_API = _OBJECTS + "api/test_objects.py::"
_V2 = _OBJECTS + "api/test_v2_"
POSTS |= {f"{kind}-api:list": _API + "test_the_example_of_each_kind_can_be_created_and_comes_back" for kind in _KINDS}
POSTS |= {f"{kind}-api:one": _API + "test_each_can_be_deleted_with_a_reason" for kind in _KINDS}
POSTS |= {
    "v2-developers": _V2 + "upsert.py::test_who_is_new_is_added_and_the_others_are_edited",
    "v2:cloud-ids": _V2 + "cloud_ids.py::test_they_become_one_batch",
    "v2:cloud-ids-upload": _V2 + "cloud_ids.py::test_a_file_becomes_one_batch_too",
    "v2:field-mappings": _V2 + "upload.py::test_the_mapping_is_remembered_as_the_pages_do",
    "v2:version": _V2 + "upload.py::test_a_later_file_is_mapped_by_itself_and_approved",
}
