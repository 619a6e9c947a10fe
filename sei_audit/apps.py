from django.apps import AppConfig


class SeiAuditConfig(AppConfig):
    name = "sei_audit"

    def ready(self) -> None:
        from sei_audit import checks  # noqa: F401
