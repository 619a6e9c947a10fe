from django.apps import AppConfig


class ActivityConfig(AppConfig):
    name = "activity"

    def ready(self) -> None:
        from activity import capture, own_security, sign_ins, sso, upgrade
        from activity.proof import checkpoints

        capture.connect()
        sign_ins.connect()
        own_security.connect()
        sso.connect()
        upgrade.connect(self)
        checkpoints.connect()
