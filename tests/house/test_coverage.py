"""Nothing that the official builder of TwiML can write is left without an answer (docs/coverage.md)."""

import pytest
from scripts import twiml_coverage

from tests.obeys import marked


@pytest.mark.parametrize("written", twiml_coverage.covered(), ids=lambda one: one.element)
def test_each_attribute_works_or_has_a_reason(written: twiml_coverage.Written) -> None:
    assert (written.unproven, written.missing) == ([], [])


def test_each_mark_is_of_an_attribute_that_there_is() -> None:
    """Those that the builder does not write are the vendor's all the same: its pages have them."""
    known = {(element, name) for element, names in twiml_coverage.pairs().items() for name in names}
    assert set(marked()) - known <= BESIDE


BESIDE = {("Recording", "name"), ("Client", "clientNotificationUrl")}
