//! Where policies are deployed.

use rekindle_policy::Text;

#[cfg(feature = "aws")]
mod cloud;
#[cfg(test)]
pub(super) mod memory;

#[cfg(feature = "aws")]
pub(crate) use cloud::explained;

/// One parameter as it is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Deployed {
    /// Its whole name.
    pub(super) name: String,
    pub(super) version: i64,
    pub(super) value: String,
    /// What it is, if it is no plain text: the functions read plain texts only.
    pub(super) otherwise: Option<String>,
}

impl Deployed {
    /// The name below the path.
    pub(super) fn below(&self, path: &str) -> Option<&str> {
        self.name.strip_prefix(path)?.strip_prefix('/')
    }

    pub(super) fn text(&self) -> Text {
        Text::new(self.name.clone(), self.version, self.value.clone())
    }
}

/// What became of a document that was written.
#[cfg_attr(
    not(any(feature = "aws", test)),
    expect(dead_code, reason = "only a store that is there makes them")
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Written {
    /// It has this version now, in this tier.
    Version(i64, &'static str),
    /// It was to be new, and somebody else has made it.
    Exists,
}

/// Parameter Store, or what stands in for it. It has no write that depends on a version: whoever writes looks before and
/// after.
pub(super) trait Store {
    /// Every parameter below a path.
    fn all(&mut self, path: &str) -> anyhow::Result<Vec<Deployed>>;

    /// A parameter as it is now; `None` if there is none of that name.
    fn now(&mut self, name: &str) -> anyhow::Result<Option<Deployed>>;

    /// Writes a text: over another one, or else only if there is none.
    fn put(&mut self, name: &str, text: &str, over: bool) -> anyhow::Result<Written>;

    /// Removes a parameter; whether there was one.
    fn remove(&mut self, name: &str) -> anyhow::Result<bool>;
}

/// The store of the credentials and the Region of the environment. `command` is what was asked for.
#[cfg(feature = "aws")]
pub(super) fn open(_command: &str) -> anyhow::Result<impl Store> {
    cloud::Cloud::open()
}

/// Not in this build.
#[cfg(not(feature = "aws"))]
pub(super) fn open(command: &str) -> anyhow::Result<impl Store> {
    Err::<nowhere::Nowhere, _>(anyhow::anyhow!(without(command)))
}

/// How to have what this build has not.
#[cfg(any(not(feature = "aws"), test))]
fn without(command: &str) -> String {
    format!(
        "this build of rekindle does not reach AWS: it is made without the AWS SDK, which takes minutes to compile, once\n\n\
         hint: write `cargo run --features aws -- policy {command}`; `policy lint` and `policy diff --against` need no AWS"
    )
}

#[cfg(not(feature = "aws"))]
mod nowhere {
    use super::{Deployed, Store, Written};

    /// There is none: this can be named, and cannot be had.
    pub(super) enum Nowhere {}

    impl Store for Nowhere {
        fn all(&mut self, _: &str) -> anyhow::Result<Vec<Deployed>> {
            match *self {}
        }

        fn now(&mut self, _: &str) -> anyhow::Result<Option<Deployed>> {
            match *self {}
        }

        fn put(&mut self, _: &str, _: &str, _: bool) -> anyhow::Result<Written> {
            match *self {}
        }

        fn remove(&mut self, _: &str) -> anyhow::Result<bool> {
            match *self {}
        }
    }
}

#[cfg(test)]
mod tests {
    /// Said by a build that no test of the whole workspace makes.
    #[test]
    fn a_build_without_its_cloud_says_how_to_have_it() {
        insta::assert_snapshot!(super::without("push ..."), @r"
        this build of rekindle does not reach AWS: it is made without the AWS SDK, which takes minutes to compile, once

        hint: write `cargo run --features aws -- policy push ...`; `policy lint` and `policy diff --against` need no AWS
        ");
    }
}
