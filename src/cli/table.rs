//! A table of results as a CSV file that grows row by row and can be gone on with.

use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use crate::study::{fields, line};

/// A CSV file with a fixed header. A row that was cut off when the program was stopped is dropped
/// when the file is opened again.
pub struct Table {
    path: PathBuf,
    file: File,
    /// First and second field of every row there is.
    keys: HashSet<(String, String)>,
}

impl Table {
    /// Opens or makes the file.
    ///
    /// # Errors
    /// It cannot be read or written, or its header is another.
    pub fn open(path: &Path, header: &[String]) -> Result<Self, String> {
        let fail = |error: std::io::Error| format!("{} cannot be used: {error}.", path.display());
        let header = line(header);
        let old = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(fail(error)),
        };
        let whole = old.rfind('\n').map_or(0, |end| end + 1);
        let mut lines = old.get(..whole).unwrap_or_default().lines();
        let first = lines.next();
        if first.is_some_and(|first| first != header.trim_end()) {
            return Err(format!(
                "{} holds other columns than these methods and measures have; choose another file.",
                path.display()
            ));
        }
        let keys = lines
            .filter_map(|line| {
                let mut fields = fields(line).into_iter();
                Some((fields.next()?, fields.next()?))
            })
            .collect();
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .map_err(fail)?;
        file.set_len(whole as u64).map_err(fail)?;
        let mut table = Self {
            path: path.to_owned(),
            file,
            keys,
        };
        if first.is_none() {
            table.append(&header)?;
        }
        Ok(table)
    }

    /// Whether there is a row with these two first fields.
    pub fn holds(&self, first: &str, second: &str) -> bool {
        self.keys.contains(&(first.to_owned(), second.to_owned()))
    }

    /// Writes a row, at once and as a whole.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn add(&mut self, values: &[String]) -> Result<(), String> {
        self.append(&line(values))?;
        if let [first, second, ..] = values {
            self.keys.insert((first.clone(), second.clone()));
        }
        Ok(())
    }

    fn append(&mut self, text: &str) -> Result<(), String> {
        self.file
            .write_all(text.as_bytes())
            .map_err(|error| format!("{} cannot be written: {error}.", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_cut_short_is_dropped_and_others_are_known() {
        let path = std::env::temp_dir().join(format!("gradlens-table-{}.csv", std::process::id()));
        let _ = fs::remove_file(&path);
        let header = ["image", "method", "score"].map(str::to_owned);
        let line = |score: &str| ["x.png".to_owned(), "a".to_owned(), score.to_owned()];
        Table::open(&path, &header)
            .unwrap()
            .add(&line("1"))
            .unwrap();
        let mut text = fs::read_to_string(&path).unwrap();
        text.push_str("x.png,b,0.3");
        fs::write(&path, &text).unwrap();
        let table = Table::open(&path, &header).unwrap();
        assert!(table.holds("x.png", "a") && !table.holds("x.png", "b"));
        drop(table);
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "image,method,score\nx.png,a,1\n"
        );
        assert!(Table::open(&path, &header[..2]).is_err());
        fs::remove_file(&path).unwrap();
    }
}
