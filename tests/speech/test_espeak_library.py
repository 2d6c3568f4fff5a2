from hoyhoy.speech.espeak_library import NAME, find


def test_the_wheel_comes_first():
    found = find()
    assert found.library.endswith(NAME) and "espeakng_loader" in found.library
    assert found.data.endswith("espeak-ng-data") and found.version.startswith("espeakng_loader 0.")


def test_then_the_systems(tmp_path):
    library = tmp_path / "x86" / "libespeak-ng.so.1.1.52"
    library.parent.mkdir()
    library.write_bytes(b"")
    (tmp_path / "x86" / "libespeak-ng.so.1").symlink_to(library.name)
    found = find("no_such_wheel", [f"{tmp_path}/*/libespeak-ng.so.1"])
    assert (found.library, found.data) == (f"{tmp_path}/x86/libespeak-ng.so.1", "")
    assert found.version == "libespeak-ng.so.1.1.52"


def test_or_none():
    assert find("no_such_wheel", []) is None
