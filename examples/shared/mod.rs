//! Code that the example programs share: how they read input, print output and exit.

use std::error::Error;
use std::fmt::Display;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use umcert::x509::{ReadFileError, ServerFiles};
use umcert::{Chain, Deployment, KeyKind, PlanOptions, SanPolicy};

/// The result of a program: `true` if the answer is "yes" (planned, issued, trusted), `false` if it is "no",
/// or the reason why the input cannot be used.
pub(crate) type Outcome = Result<bool, Box<dyn Error>>;

/// The options of a plan that several programs take. They win over those of the deployment.
#[derive(clap::Args)]
pub(crate) struct PlanArguments {
    /// SAN policy, in place of the deployment's
    #[arg(long, value_name = "every-server|wildcard|minimal")]
    san: Option<SanPolicy>,
    /// Key of each certificate, in place of the deployment's
    #[arg(long, value_name = "rsa2048|rsa3072|rsa4096|p256|p384")]
    key: Option<KeyKind>,
    /// Covers the Front Ends of Lync, with certificates for tests
    #[arg(long)]
    front_ends: bool,
}

impl PlanArguments {
    /// Returns the options of `deployment`, with those of the command line in their place.
    pub(crate) fn options(&self, deployment: &Deployment) -> PlanOptions {
        let mut options = deployment.plan.clone();
        if let Some(san) = self.san {
            options = options.san(san);
        }
        if let Some(key) = self.key {
            options = options.key(key);
        }
        if self.front_ends {
            options = options.front_ends(true);
        }
        options
    }
}

/// Returns 0 for "yes" and 1 for "no". If the input cannot be used, prints one line on standard error and
/// returns 2, the status that clap uses for wrong arguments.
pub(crate) fn exit(program: &str, outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            note(&format!("{program}: {}", on_one_line(error.as_ref())));
            ExitCode::from(2)
        }
    }
}

/// Joins an error and its sources to one line.
fn on_one_line(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        line = format!("{line}: {error}");
        source = error.source();
    }
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Writes `text` to standard output. A reader that has closed its end (`| head`) is not an error.
pub(crate) fn print(text: &str) -> Result<(), Box<dyn Error>> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Writes a line to standard error, apart from the output that other programs read.
pub(crate) fn note(line: &str) {
    // If standard error is closed, there is no other place to report that.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Reads a deployment from a TOML file, or from a JSON file if its name ends in `.json`.
pub(crate) fn read_deployment(path: &Path) -> Result<Deployment, Box<dyn Error>> {
    let text = String::from_utf8(read_file(path)?)
        .map_err(|_| in_file(path, "the file is not UTF-8 text"))?;
    let deployment = if path
        .extension()
        .is_some_and(|extension| extension == "json")
    {
        serde_json::from_str(&text).map_err(|error| in_file(path, error))?
    } else {
        toml::from_str(&text).map_err(|error| in_file(path, error))?
    };
    Ok(deployment)
}

/// Reads the chains of a folder.
pub(crate) fn read_chains(folder: &Path) -> Result<ServerFiles<Chain>, ReadFileError> {
    Chain::from_folder(folder).map(note_skipped)
}

/// Names the files that were not read on standard error.
pub(crate) fn note_skipped<T>(files: ServerFiles<T>) -> ServerFiles<T> {
    for skipped in files.skipped() {
        note(&skipped.to_string());
    }
    files
}

/// Reads a file. The error names the file.
pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| in_file(path, error))
}

/// Puts the file's name before an error.
pub(crate) fn in_file(path: &Path, error: impl Display) -> String {
    format!("{}: {error}", path.display())
}
