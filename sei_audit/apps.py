from django.apps import AppConfig


class SeiAuditConfig(AppConfig):
    name = "sei_audit"
