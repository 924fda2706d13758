"""The doctor tells what works, and for what does not the reason and the remedy."""

import shutil
from pathlib import Path

import pytest

from rag.doctor import Finding, examine
from rag.settings import Settings
from rag.snapshot import current_path


def found(settings: Settings) -> dict[str, Finding]:
    return {finding.part: finding for finding in examine(settings)}


def test_all_is_well_where_there_is_an_index(seeds_data: Path) -> None:
    findings = found(Settings(data=seeds_data))
    assert list(findings) == ["python", "data", "model", "index"]
    assert all(finding.good for finding in findings.values())
    assert "5 articles" in findings["index"].seen
    assert current_path(seeds_data).name.rpartition("-")[2] in findings["index"].seen


def test_a_missing_index_is_told_with_its_remedy(tmp_path: Path) -> None:
    data = tmp_path / "not" / "made" / "yet"
    finding = found(Settings(data=data))["index"]
    assert not finding.good
    assert str(data) in finding.seen
    assert "ibid index" in finding.remedy
    assert not data.exists()


def test_a_damaged_index_is_told_by_its_file(seeds_data: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(seeds_data, tmp_path / "data"))
    (current_path(data) / "passages.faiss").write_bytes(b"")
    finding = found(Settings(data=data))["index"]
    assert not finding.good
    assert "passages.faiss" in finding.seen
    assert finding.remedy


@pytest.mark.parametrize("name", ["nowhere", "no such model"])
def test_a_missing_model_is_told_and_the_index_left_unexamined(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "model.onnx").write_bytes(b"")
    findings = found(Settings(data=tmp_path, model=str(folder)))
    assert not findings["model"].good
    assert str(folder) in findings["model"].seen
    assert findings["model"].remedy
    assert "index" not in findings


def test_no_hub_is_asked_for_a_model_that_did_not_make_the_index(seeds_data: Path, tmp_path: Path) -> None:
    findings = found(Settings(data=seeds_data, model="somebody/model"))
    assert "model" not in findings
    assert "was made by the model 'bundled', not by 'somebody/model'" in findings["index"].seen
    assert "there is no index" in found(Settings(data=tmp_path, model="somebody/model"))["index"].seen


def test_a_finding_is_plain_data() -> None:
    finding = Finding("model", False, "it is not there", "put it there")
    assert finding.as_json() == {
        "part": "model", "good": False, "seen": "it is not there", "remedy": "put it there"
    }  # fmt: skip
