"""What this room tells the log, of which it knows nothing."""

from django.dispatch import Signal

# A sign-in was refused: `request`, `email`, `reason`; `account` when it was for one account alone.
sign_in_refused = Signal()
# A key was sent that is right, but has expired, was revoked, or whose owner may do nothing any more: `request`, `key`.
key_refused = Signal()
# Somebody has changed how they sign in: `request`, `user`, `said` (what they did, a sentence without its subject).
own_security_changed = Signal()
# A link to set a new password was sent: `request`, `user`.
password_reset_started = Signal()
# Somebody who isn't signed in has shown who they are, by a link that was sent to them: `request`, `user`.
identified = Signal()

# An identity provider was asked whether it is there: `request`, `config`, `problems` (sentences about what is wrong).
sso_tested = Signal()

LOCKED = "too many tries"
WRONG_CODE = "wrong code"
WRONG_PASSKEY = "wrong passkey"
DEACTIVATED = "deactivated"
SSO_REQUIRED = "single sign-on required"
