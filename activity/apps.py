from django.apps import AppConfig


class ActivityConfig(AppConfig):
    name = "activity"

    def ready(self) -> None:
        from activity import capture, sign_ins, upgrade

        capture.connect()
        sign_ins.connect()
        upgrade.connect(self)
