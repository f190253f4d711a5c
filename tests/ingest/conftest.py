from tests.service.conftest import ground

__all__ = ["ground"]
