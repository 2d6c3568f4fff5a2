import pytest

from hoyhoy.speech.say_as import spoken


@pytest.mark.parametrize(
    ("kind", "words", "form", "put"),
    [
        ("digits", "12 34", "", "1 2 3 4"),
        ("cardinal", "0012", "", "12"),
        ("number", "1,234,567", "", "1234567"),
        ("ordinal", "1", "", "1st"),
        ("ordinal", "112", "", "112th"),
        ("ordinal", "23rd", "", "23rd"),
        ("ordinal", "first", "", "first"),
        ("telephone", "4155550123", "", "4 1 5, 5 5 5, 0 1 2 3"),
        ("telephone", "+1 (415) 555-0123", "", "1, 4 1 5, 5 5 5, 0 1 2 3"),
        ("telephone", "555-0123 ext. 45", "", "5 5 5, 0 1 2 3, extension, 4 5"),
        ("fraction", "1/2", "", "1 half"),
        ("fraction", "2 3/4", "", "2 and 3 quarters"),
        ("fraction", "1+5/8", "", "1 and 5 8ths"),
        ("unit", "5kg", "", "5 kilograms"),
        ("unit", "1 ft", "", "1 foot"),
        ("unit", "6ft", "", "6 feet"),
        ("unit", "60 mph", "", "60 miles per hour"),
        ("unit", "3 quux", "", "3 quux"),
        ("date", "10/12/2024", "mdy", "October 12th, 20 24"),
        ("date", "10/12/1905", "dmy", "December 10th, 19 oh 5"),
        ("date", "20240131", "yyyymmdd", "January 31st, 20 24"),
        ("date", "2024-01-31", "", "January 31st, 20 24"),
        ("date", "2005", "y", "2005"),
        ("date", "1900", "y", "19 hundred"),
        ("date", "5/2019", "my", "May, 20 19"),
        ("date", "13/40", "md", "13/40"),
        ("date", "soon", "mdy", "soon"),
        ("time", "1'21\"", "", "1 minute 21 seconds"),
        ("time", "2:30pm", "", "2 30, p m"),
        ("time", "10:05", "", "10 oh 5"),
        ("time", "9:00", "", "9 o'clock"),
        ("time", "later", "", "later"),
        ("address", "12345 Main St", "", "1 2 3 4 5 Main St"),
        ("expletive", "darn", "", "beep"),
    ],
)  # voice 2.1.2
def test_english(kind, words, form, put):
    assert spoken(words, kind, form, "en-us") == put


@pytest.mark.parametrize(
    ("language", "kind", "words", "put"),
    [
        ("de", "date", "3/10/2024", "10. März 2024"),
        ("fr", "date", "3/10/2024", "10 mars 2024"),
        ("es-419", "date", "3/10/2024", "10 de marzo de 2024"),
        ("ja", "date", "3/10/2024", "10, 3, 2024"),
        ("de", "ordinal", "5", "5."),
        ("fr", "ordinal", "5", "5ème"),
        ("tr", "ordinal", "5", "5"),
        ("de", "unit", "5kg", "5 kg"),
        ("de", "time", "10:05", "10 5"),
        ("de", "fraction", "1/2", "1/2"),
    ],
)
def test_other_languages(language, kind, words, put):
    assert spoken(words, kind, "mdy", language) == put


def test_a_kind_there_is_not():
    assert spoken("x", "emoji", "", "en") is None
