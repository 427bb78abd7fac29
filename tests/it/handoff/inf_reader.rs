//! A reader of INF files that undoes their quoting (D38).

/// The sections of a file in order, each with its keys and values.
pub(crate) type Sections = Vec<(String, Vec<(String, String)>)>;

/// Returns the sections of a file.
///
/// # Errors
///
/// Returns the line that is not as D38 says.
pub(crate) fn read_inf(text: &str) -> Result<Sections, String> {
    let mut sections = Sections::new();
    for line in text.split_terminator("\r\n") {
        let error = |reason: &str| format!("{reason}: {line:?}");
        if line.contains(['\r', '\n']) {
            return Err(error("a line end that is not CR LF"));
        }
        let line = without_comment(line);
        if line.ends_with('\\') {
            return Err(error("a continued line"));
        }
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            let name = name
                .strip_suffix(']')
                .ok_or_else(|| error("an open section name"))?;
            sections.push((name.to_owned(), Vec::new()));
            continue;
        }
        let (key, value) = line.split_once('=').ok_or_else(|| error("no key"))?;
        let value = read_value(value.trim()).map_err(error)?;
        let (_, entries) = sections.last_mut().ok_or_else(|| error("no section"))?;
        entries.push((key.trim().to_owned(), value));
    }
    Ok(sections)
}

/// Returns a line up to a `;` outside quotes.
fn without_comment(line: &str) -> &str {
    let mut is_quoted = false;
    let end = line.find(|character| {
        is_quoted ^= character == '"';
        character == ';' && !is_quoted
    });
    &line[..end.unwrap_or(line.len())]
}

fn read_value(raw: &str) -> Result<String, &'static str> {
    let Some(quoted) = raw.strip_prefix('"') else {
        let is_plain = |character: char| character.is_ascii_alphanumeric() || character == '.';
        return match raw.chars().all(is_plain) {
            true => Ok(raw.to_owned()),
            false => Err("special characters outside quotes"),
        };
    };
    let quoted = quoted
        .strip_suffix('"')
        .ok_or("text after a quoted value")?;
    let mut value = String::new();
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        let is_special = matches!(character, '"' | '%');
        if is_special && characters.next() != Some(character) {
            return Err("a quotation mark or a percent sign that is not doubled");
        }
        value.push(character);
    }
    match value.len() {
        0..=4095 => Ok(value),
        _ => Err("a field of more than 4095 characters"),
    }
}

/// Returns the value of a key that occurs once.
pub(crate) fn value<'a>(sections: &'a Sections, section: &str, key: &str) -> Option<&'a str> {
    let found = sections.iter().filter(|(name, _)| name == section);
    let mut values = found
        .flat_map(|(_, entries)| entries)
        .filter(|(name, _)| name == key);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Some(value),
        _ => None,
    }
}

/// Returns the SAN entries: the lines of the extension joined as they stand, and then split (D35).
pub(crate) fn san(sections: &Sections) -> Vec<String> {
    let extensions = sections.iter().find(|(name, _)| name == "Extensions");
    let entries = extensions
        .map(|(_, entries)| entries.as_slice())
        .unwrap_or_default();
    let Some(((first, start), continued)) = entries.split_first() else {
        return Vec::new();
    };
    assert_eq!((first.as_str(), start.as_str()), ("2.5.29.17", "{text}"));
    let mut joined = String::new();
    for (key, value) in continued {
        assert_eq!(key, "_continue_");
        joined.push_str(value);
    }
    let entries = joined.split_terminator('&');
    entries
        .map(|entry| entry.strip_prefix("dns=").expect(entry).to_owned())
        .collect()
}
