//! Lines of CSV (RFC 4180, with a plain line feed), written and read.

/// What a spreadsheet would take for the start of a formula.
const FORMULA: [char; 4] = ['=', '+', '-', '@'];

/// A line with its end. Rows are told apart by their ends, so a value may not hold one; a text that a
/// spreadsheet would take for a formula is kept from being one by an apostrophe.
pub fn line(values: &[String]) -> String {
    let quoted: Vec<String> = values
        .iter()
        .map(|value| {
            let mut value = value.replace(['\n', '\r'], " ");
            if value.starts_with(FORMULA) && value.parse::<f64>().is_err() {
                value.insert(0, '\'');
            }
            if value.contains([',', '"']) {
                format!("\"{}\"", value.replace('"', "\"\""))
            } else {
                value
            }
        })
        .collect();
    quoted.join(",") + "\n"
}

/// The values of a line.
pub fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.trim_end_matches(['\n', '\r']).chars().peekable();
    while let Some(character) = characters.next() {
        let Some(last) = fields.last_mut() else { break };
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                last.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => last.push(other),
        }
    }
    for field in &mut fields {
        if field
            .strip_prefix('\'')
            .is_some_and(|rest| rest.starts_with(FORMULA))
        {
            field.remove(0);
        }
    }
    fields
}

/// The rows of a table, each value with the name of its column.
pub fn records(text: &str) -> impl Iterator<Item = Vec<(String, String)>> {
    // Some programs begin a file with a mark of its encoding.
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let names = lines.next().map(fields).unwrap_or_default();
    lines
        .filter(|line| !line.trim().is_empty())
        .map(move |line| names.iter().cloned().zip(fields(line)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were() {
        let values =
            ["a,b", "say \"so\"", "plain", "", "=1+1", "-0.5", "'quoted'"].map(str::to_owned);
        let text = line(&values);
        assert_eq!(
            text,
            "\"a,b\",\"say \"\"so\"\"\",plain,,'=1+1,-0.5,'quoted'\n"
        );
        assert_eq!(fields(&text), values);
    }

    #[test]
    fn records_know_their_columns() {
        let text = "\u{feff}image,score\r\na.png,0.5\r\n\r\n\"b,c.png\",1\r\n";
        let found: Vec<_> = records(text).collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            found,
            [
                vec![pair("image", "a.png"), pair("score", "0.5")],
                vec![pair("image", "b,c.png"), pair("score", "1")],
            ]
        );
        assert_eq!(records("").count(), 0);
    }
}
