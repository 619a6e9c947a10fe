from django.apps import AppConfig


class TrackedObjectsConfig(AppConfig):
    name = "tracked_objects"
