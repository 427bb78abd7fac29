//! A test CA that the targets share, created once per run.

use std::sync::LazyLock;

use time::OffsetDateTime;
use time::macros::datetime;
use umcert::TestCa;
use umcert::issue::TestCaOptions;

/// A time at which the seeds and the CA's certificates are valid.
pub const AT: OffsetDateTime = datetime!(2027-01-01 00:00 UTC);

/// Returns a CA whose certificates are valid from a day before [`AT`].
pub static CA: LazyLock<TestCa> = LazyLock::new(|| {
    let options = TestCaOptions::valid_from(AT - time::Duration::DAY);
    TestCa::with_options("Fuzz CA", &options).expect("a CA is made")
});
