//! A test CA that the targets share, made once a run.

use std::sync::LazyLock;

use time::OffsetDateTime;
use time::macros::datetime;
use umcert::TestCa;
use umcert::issue::TestCaOptions;

/// A day on which the seeds, and all that the CA issues, are valid.
pub const AT: OffsetDateTime = datetime!(2027-01-01 00:00 UTC);

/// A CA whose certificates began a day before [`AT`].
pub static CA: LazyLock<TestCa> = LazyLock::new(|| {
    let options = TestCaOptions::valid_from(AT - time::Duration::DAY);
    TestCa::with_options("Fuzz CA", &options).expect("a CA is made")
});
