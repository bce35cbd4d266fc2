use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::Error;

/// Zips a binary as Lambda wants it: one executable called `bootstrap`.
///
/// Stored, not deflated: the zip travels to this machine's own loopback, and compressing an unoptimised binary
/// with an unoptimised compressor takes longer than the whole test. Each binary is zipped once per process.
pub(crate) fn bundle(binary: &Path) -> Result<Arc<Vec<u8>>, Error> {
    static BUNDLES: Mutex<BTreeMap<PathBuf, Arc<Vec<u8>>>> = Mutex::new(BTreeMap::new());
    let mut bundles = BUNDLES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(bundle) = bundles.get(binary) {
        return Ok(Arc::clone(bundle));
    }
    let bytes = fs::read(binary).map_err(Error::io(format!("read `{}`", binary.display())))?;
    let failed = |source| Error::Zip { path: binary.display().to_string(), source };
    let bundle = Arc::new(zip(&bytes).map_err(failed)?);
    bundles.insert(binary.into(), Arc::clone(&bundle));
    Ok(bundle)
}

fn zip(bytes: &[u8]) -> Result<Vec<u8>, zip::result::ZipError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(false)
        .unix_permissions(0o755);
    let mut zip = ZipWriter::new(Cursor::new(Vec::with_capacity(bytes.len() + 512)));
    zip.start_file("bootstrap", options)?;
    zip.write_all(bytes)?;
    Ok(zip.finish()?.into_inner())
}
