use super::Aws;
use crate::Error;

/// The Region that has no constraint to name: S3 was born there.
const BIRTHPLACE: &str = "us-east-1";

impl Aws {
    /// Makes a bucket; one that is already ours is fine.
    pub fn create_bucket(&self, bucket: &str) -> Result<(), Error> {
        let region = self.region();
        let body = format!(
            r#"<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"#
        );
        let body = if region == BIRTHPLACE { Vec::new() } else { body.into_bytes() };
        match self.wire.ask("s3", "CreateBucket", "PUT", &format!("/{bucket}"), &[], body) {
            Err(Error::Refused { body, .. }) if body.contains("BucketAlreadyOwnedByYou") => Ok(()),
            answer => answer.map(drop),
        }
    }

    /// Writes an object.
    pub fn put_object(&self, bucket: &str, key: &str, bytes: Vec<u8>) -> Result<(), Error> {
        self.wire.ask("s3", "PutObject", "PUT", &format!("/{bucket}/{key}"), &[], bytes).map(drop)
    }
}
