//! Sheets: CSV texts as spreadsheets write them. Commas, semicolons or tabs, a BOM, CRLF, quoted cells, with a line of
//! titles or without one. Knows nothing of what the cells mean.

use nexus_model::InvalidInput;

/// The most bytes of a text.
const LONGEST: usize = 256 << 10;
/// The most rows of a text.
const MOST_ROWS: usize = 1000;

/// A row of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its line in the text, from 1.
    pub(crate) line: u64,
    /// The cells in the order of the wanted columns, trimmed; empty where there is none.
    pub(crate) cells: Vec<String>,
}

impl Row {
    pub(crate) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// The rows of a text, with the cells of these columns. A first line that names columns says their order; without one
/// they stand in the order of `columns`. Empty rows are left out.
///
/// # Errors
/// Too long, too many rows, nothing in it, titles without the first of `columns`, or quotes that never end.
pub(crate) fn read(text: &str, columns: &[&str]) -> Result<Vec<Row>, InvalidInput> {
    if text.len() > LONGEST {
        return Err(InvalidInput::new("too_long", "may have 256 KiB at most"));
    }
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut order: Option<Vec<Option<usize>>> = None;
    let (mut rows, mut lines) = (Vec::new(), Lines { text: text.as_bytes(), at: 0, line: 1 });
    for record in reader.records() {
        let record = record.map_err(|_| InvalidInput::new("invalid", "must be CSV text"))?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        let order = match &order {
            Some(order) => order,
            None => {
                let titles = titles(&record, columns);
                let order = order.insert(titles.clone().unwrap_or_else(|| (0..columns.len()).map(Some).collect()));
                if titles.is_some() {
                    if order.first().is_none_or(Option::is_none) {
                        let first = columns.first().copied().unwrap_or_default();
                        return Err(InvalidInput::new("header", format!("must have a column named {first}")));
                    }
                    continue;
                }
                order
            }
        };
        if rows.len() == MOST_ROWS {
            return Err(InvalidInput::new("too_many_rows", "may have 1,000 rows at most"));
        }
        let cell = |at: &Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default().to_owned();
        rows.push(Row { line: lines.of(&record), cells: order.iter().map(cell).collect() });
    }
    if rows.is_empty() { Err(InvalidInput::new("required", "must have a row at least")) } else { Ok(rows) }
}

/// Counts lines up to records, which come in their order.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line that a record begins on. The reader's own count is of the place where it began to look: before the rest of
    /// a CRLF, and before empty lines.
    fn of(&mut self, record: &csv::StringRecord) -> u64 {
        let from = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or_default();
        let before = |at: &usize| *at < from || matches!(self.text.get(*at), Some(b'\r' | b'\n'));
        let end = (self.at..self.text.len()).find(|at| !before(at)).unwrap_or(self.text.len());
        let passed = self.text.get(self.at..end).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = end;
        self.line
    }
}

/// Where each column stands, if this is a line of titles: none of its cells is anything else than a title could be, and
/// one is the title of a wanted column.
fn titles(record: &csv::StringRecord, columns: &[&str]) -> Option<Vec<Option<usize>>> {
    let place = |column: &&str| record.iter().position(|cell| cell.eq_ignore_ascii_case(column));
    let places: Vec<_> = columns.iter().map(place).collect();
    let named = places.iter().flatten().count();
    (named > 0 && !record.iter().any(|cell| cell.contains('@'))).then_some(places)
}

/// What stands most often between the cells of the first line.
fn delimiter(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut quoted = false;
    let mut counts = [(b',', 0_u32), (b';', 0), (b'\t', 0)];
    for byte in line.bytes() {
        if byte == b'"' {
            quoted = !quoted;
        } else if !quoted {
            counts.iter_mut().filter(|(mark, _)| *mark == byte).for_each(|(_, count)| *count += 1);
        }
    }
    // The first of the most: a comma where there is none at all.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(mark, _)| mark)
}

/// Rows as a text (RFC 4180). Cells that a spreadsheet would run begin with an apostrophe.
pub(crate) fn write(rows: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(|cell| inert(cell))).expect("writing to memory does not fail");
    }
    writer.into_inner().expect("writing to memory does not fail")
}

/// A cell that no spreadsheet takes for a formula.
fn inert(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [&str; 2] = ["email", "role"];

    fn cells(text: &str) -> Vec<(u64, String, String)> {
        let rows = read(text, &COLUMNS).unwrap();
        rows.into_iter().map(|row| (row.line, row.cell(0).to_owned(), row.cell(1).to_owned())).collect()
    }

    fn row(line: u64, email: &str, role: &str) -> (u64, String, String) {
        (line, email.to_owned(), role.to_owned())
    }

    #[test]
    fn sheets_are_read_as_spreadsheets_write_them() {
        assert_eq!(cells("jo@x.org,viewer\n"), [row(1, "jo@x.org", "viewer")]);
        let titled = "\u{feff}Role;Name;EMAIL\r\n\r\nadmin;\"Miller; Jo\";jo@x.org\r\n;;\r\nviewer;;al@x.org";
        assert_eq!(cells(titled), [row(3, "jo@x.org", "admin"), row(5, "al@x.org", "viewer")]);
        assert_eq!(cells(" jo@x.org \t manager \n"), [row(1, "jo@x.org", "manager")]);
        assert_eq!(cells("email\njo@x.org"), [row(2, "jo@x.org", "")]);
        assert_eq!(cells("\"a,b@x.org\",\"vie\"\"wer\""), [row(1, "a,b@x.org", "vie\"wer")]);
        assert_eq!(cells("jo@x.org"), [row(1, "jo@x.org", "")]);
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_made_harmless() {
        let rows = [vec!["=1+1".to_owned(), "a,b".to_owned()], vec!["@x".to_owned(), "-".to_owned()]];
        assert_eq!(write(rows), b"'=1+1,\"a,b\"\r\n'@x,'-\r\n");
    }

    #[test]
    fn sheets_are_bounded() {
        let code = |text: &str| read(text, &COLUMNS).unwrap_err().code;
        assert_eq!(code(""), "required");
        assert_eq!(code("\n\n;;\n"), "required");
        assert_eq!(code("email,role"), "required");
        assert_eq!(code("role,name\nviewer,jo"), "header");
        assert_eq!(code(&"a@x.org\n".repeat(1001)), "too_many_rows");
        assert_eq!(read(&"a@x.org\n".repeat(1000), &COLUMNS).unwrap().len(), 1000);
        assert_eq!(code(&"x".repeat(LONGEST + 1)), "too_long");
    }
}
