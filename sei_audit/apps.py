from django.apps import AppConfig


class SeiAuditConfig(AppConfig):
    name = "sei_audit"

    def ready(self) -> None:
        from sei_audit import checks, metrics  # noqa: F401

        metrics.connect()
