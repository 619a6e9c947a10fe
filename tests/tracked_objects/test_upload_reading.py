"""Reading a file: the same table whatever program has written it."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracked_objects.uploading import file_of
from tracked_objects.upload.problems import ProblemType
from tracked_objects.upload.reading import guarded, read

ENCODINGS = {
    "utf-8": (b"", "utf-8"),
    "utf-8 with mark": (codecs.BOM_UTF8, "utf-8"),
    "utf-16": (codecs.BOM_UTF16_LE, "utf-16-le"),
    "utf-16 big endian": (codecs.BOM_UTF16_BE, "utf-16-be"),
    "utf-16 without mark": (b"", "utf-16-le"),
    "windows-1252": (b"", "cp1252"),
}
# No two of these letters beside each other are valid UTF-8 in Windows-1252, which nobody could tell apart.
CELLS = st.text(alphabet="abZ09éüñ ,;\t\"\n\r=+-@'", max_size=8)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=5)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ENCODINGS)
@given(rows=ROWS)
def test_any_encoding_and_separator_read_the_same(encoding: str, separator: str, rows: list[tuple[str, ...]]) -> None:
    mark, codec = ENCODINGS[encoding]
    cells = [[guarded(cell.strip()) for cell in row] for row in rows]
    sheet = read(mark + file_of(cells, ("Name", "Email", "Notes"), separator).encode(codec))
    assert sheet.columns == ["Name", "Email", "Notes"]
    wanted = [[cell.strip() for cell in row] for row in rows]
    assert [found for _number, found in sheet.rows] == [row for row in wanted if any(row)]


@given(st.text("'=+-@\t a＝", max_size=6))  # noqa: RUF001
def test_what_a_download_guards_is_read_as_it_was(text: str) -> None:
    cell = text.strip()
    assert read(file_of([[guarded(cell), "x"]], ("A", "B")).encode()).rows[0][1][0] == cell


@given(st.binary(max_size=60))
def test_no_bytes_at_all_make_it_fail(content: bytes) -> None:
    sheet = read(content)
    assert sheet.rows or list(sheet.problems)


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    sheet = read(b'Name,Email\nA,a@x.org\n\n,\nB,"b\nb"\nC,c\n')
    assert [number for number, _cells in sheet.rows] == [2, 5, 6]


@pytest.mark.parametrize("content", [b"", b"\n\n", codecs.BOM_UTF8, b"Name,Email", b"Name,Email\r\n,\r\n\r\n"])
def test_a_file_without_rows_is_empty(content: bytes) -> None:
    assert [problem.type for problem in read(content).problems] == [ProblemType.EMPTY_CSV]


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04\x00\x00",
        b"Name\n\x81\x8d",
        b'Name,Email\n"A,a@x.org\n',
        b'Name,Email\n"A"b,a@x.org\n',
        b"Name,name\nA,a\n",
        b"Name\nA\0B",
        codecs.BOM_UTF16_LE + b"a",
        ",".join(f"c{n}" for n in range(201)).encode() + b"\n1",
        b"Name\n" + b"x" * 200_000,
    ],
)
def test_a_file_that_is_no_csv_says_so(content: bytes) -> None:
    assert ProblemType.INVALID_CSV in [problem.type for problem in read(content).problems]


def test_columns_without_a_name_are_counted() -> None:
    (problem,) = read(b"Name,,Email, \nA,1,a@x.org,2\n").problems
    assert (problem.type, problem.count) == (ProblemType.BLANK_CSV_COLUMN_NAME, 2)
    assert [sample.note for sample in problem.samples] == ["Column 2", "Column 4"]
