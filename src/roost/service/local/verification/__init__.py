"""Whether what is derived is what the tables say: each subject in the plainest way that can be thought of."""

from roost.service.local.verification.seam import Sample
from roost.service.local.verification.verify import SUBJECTS, Verifier

__all__ = ["SUBJECTS", "Sample", "Verifier"]
