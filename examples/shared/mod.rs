//! What the programs share: their arguments, their files, and how they fail.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use umcert::Deployment;

/// What a program ends with: whether all is well, or why it could not tell.
pub(crate) type Outcome = Result<bool, Box<dyn Error>>;

/// 0 where all is well, 1 where it is not, and 2 with one line on standard error where the input could
/// not be used.
pub(crate) fn exit(program: &str, outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            let line = line_of(error.as_ref());
            // Nobody is left to tell where standard error is closed.
            let _ = writeln!(io::stderr(), "{program}: {line}");
            ExitCode::from(2)
        }
    }
}

/// The error and its sources on one line. Some texts repeat their source, which is then left out.
fn line_of(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let text = error.to_string();
        if !line.contains(&text) {
            line = format!("{line}: {text}");
        }
        source = error.source();
    }
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Writes `text` to standard output. A reader that has seen enough (`| head`) is no error.
pub(crate) fn say(text: &str) -> Result<(), Box<dyn Error>> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Writes a line beside the output, which whoever reads JSON does not see.
#[allow(
    dead_code,
    reason = "not every program has something to say beside its output"
)]
pub(crate) fn note(line: &str) {
    // Nobody is left to tell where standard error is closed.
    let _ = writeln!(io::stderr(), "{line}");
}

/// The arguments of a program: words, `--options VALUE`, and `--switches`.
pub(crate) struct Arguments {
    words: Vec<String>,
    options: BTreeMap<String, Vec<String>>,
    switches: Vec<String>,
}

impl Arguments {
    /// Reads the arguments. `usage` is what an error repeats; it names every option with its value, and
    /// every switch, in brackets or not. An option whose value ends in `…` may be given again.
    pub(crate) fn read(usage: &str) -> Result<Self, Box<dyn Error>> {
        let mut read = Self {
            words: Vec::new(),
            options: BTreeMap::new(),
            switches: Vec::new(),
        };
        let mut arguments = std::env::args_os().skip(1);
        while let Some(argument) = arguments.next() {
            let argument = text(argument)?;
            let Some(name) = argument.strip_prefix("--") else {
                read.words.push(argument);
                continue;
            };
            if usage.contains(&format!("[--{name}]")) {
                read.switches.push(name.to_owned());
            } else if usage.contains(&format!("--{name} ")) {
                let value = arguments
                    .next()
                    .ok_or_else(|| format!("--{name} needs a value; {usage}"))?;
                let values = read.options.entry(name.to_owned()).or_default();
                if !values.is_empty() && !repeats(name, usage) {
                    return Err(format!("--{name} is given twice; {usage}").into());
                }
                values.push(text(value)?);
            } else {
                return Err(format!("there is no option {argument}; {usage}").into());
            }
        }
        if read.words.len() != 1 {
            return Err(usage.into());
        }
        Ok(read)
    }

    /// The one word: the file of the deployment.
    pub(crate) fn deployment(&self) -> Result<Deployment, Box<dyn Error>> {
        let path = self.words.first().ok_or("no DEPLOYMENT is given")?;
        let bytes = read_file(path)?;
        let text =
            String::from_utf8(bytes).map_err(|_| format!("{path}: this is no UTF-8 text"))?;
        let read = match path.ends_with(".json") {
            true => serde_json::from_str(&text).map_err(Box::<dyn Error>::from),
            false => toml::from_str(&text).map_err(Box::<dyn Error>::from),
        };
        read.map_err(|error| format!("{path}: {error}").into())
    }

    /// The value of an option, if it is given.
    pub(crate) fn option(&self, name: &str) -> Option<&str> {
        self.options(name).next()
    }

    /// Every value of an option that may be given again.
    pub(crate) fn options(&self, name: &str) -> impl Iterator<Item = &str> {
        self.options
            .get(name)
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    /// The value of an option that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Box<dyn Error>> {
        self.option(name)
            .ok_or_else(|| format!("--{name} is missing").into())
    }

    /// The value of an option, read as a `T`; the default of `T` where it is not given.
    pub(crate) fn parsed<T>(&self, name: &str) -> Result<T, Box<dyn Error>>
    where
        T: std::str::FromStr<Err: Error> + Default,
    {
        let Some(value) = self.option(name) else {
            return Ok(T::default());
        };
        value
            .parse()
            .map_err(|error| format!("--{name}: {error}").into())
    }

    /// Whether a switch is given.
    pub(crate) fn switch(&self, name: &str) -> bool {
        self.switches.iter().any(|switch| switch == name)
    }
}

/// Whether the usage shows `…` behind the value of an option.
fn repeats(name: &str, usage: &str) -> bool {
    let (_, behind) = usage.split_once(&format!("--{name} ")).unwrap_or_default();
    let value = behind.split_whitespace().next().unwrap_or_default();
    value.trim_end_matches(']').ends_with('…')
}

fn text(argument: std::ffi::OsString) -> Result<String, Box<dyn Error>> {
    argument
        .into_string()
        .map_err(|argument| format!("{argument:?} is no Unicode text").into())
}

/// The bytes of a file; an error names it.
pub(crate) fn read_file(path: impl AsRef<Path>) -> Result<Vec<u8>, Box<dyn Error>> {
    let path = path.as_ref();
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}
