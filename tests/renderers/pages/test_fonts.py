from fontTools.ttLib import TTFont

from renderers.pages.fonts import TEXT_FAMILY, prepare_fonts


def test_the_fonts_are_unpacked_once(tmp_path):
    paths = prepare_fonts(tmp_path)
    before = [path.stat().st_mtime_ns for path in paths]
    prepare_fonts.cache_clear()  # as in another process
    assert prepare_fonts(tmp_path) == paths
    assert [path.stat().st_mtime_ns for path in paths] == before
    assert sorted(path.name for path in paths[0].parent.iterdir()) == sorted(path.name for path in paths)
    families = [TTFont(path)["name"].getDebugName(1) for path in paths]
    assert families.count(TEXT_FAMILY) == 4
    assert "Leipzig" in families


def test_a_process_looks_for_them_once(tmp_path):
    """Each piece waited for style sheets to be read again."""
    paths = prepare_fonts(tmp_path)
    paths[0].unlink()
    assert prepare_fonts(tmp_path) == paths
    assert not paths[0].exists()


def test_a_cache_folder_that_cannot_be_written_is_no_obstacle(tmp_path):
    (tmp_path / "taken").write_text("a file where the folder should be")
    paths = prepare_fonts(tmp_path / "taken")
    assert paths
    assert all(path.is_file() for path in paths)
