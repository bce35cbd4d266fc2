//! A policy, and a table as each form holds it.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use rekindle_decision::policy::Policy;
use rekindle_policy::{Text, read};
use rekindle_replay::history::{Collected, Fault, History, Keys, LeftOut, Reader};

/// A policy that reads `worth_it`, `worth_it.traffic`, `guards.data` and `guards.after_futility`, the last of which is the
/// metric of the first.
pub(crate) fn recommender() -> Policy {
    policy(include_str!("../../../../infra/policies/recommender.yaml"))
}

/// A policy that reads `accuracy` and an alarm.
pub(crate) fn churn() -> Policy {
    policy(include_str!("../../../../cli/demo/churn.yaml"))
}

fn policy(text: &str) -> Policy {
    read(&Text::new("policy", 1, text)).unwrap().remove(0)
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What files hold, one after the other.
pub(crate) fn files(policy: &Policy, files: &[(&str, &[u8])]) -> Result<(History, LeftOut), Fault> {
    let keys = Keys::of(policy);
    let reader = Reader { model: Some(&policy.model), keys: &keys };
    let mut collected = Collected::default();
    for (name, bytes) in files {
        reader.read(name, bytes.to_vec(), &mut collected)?;
    }
    let left_out = collected.left_out().clone();
    Ok((collected.history(), left_out))
}

pub(crate) fn file(policy: &Policy, name: &str, text: &str) -> Result<History, Fault> {
    Ok(files(policy, &[(name, text.as_bytes())])?.0)
}

/// A column of a Parquet file.
pub(crate) enum Column {
    Texts(Vec<&'static str>),
    Wholes(Vec<i64>),
    /// With places that are empty.
    Numbers(Vec<Option<f64>>),
}

/// A Parquet file of one row group, compressed with Snappy.
pub(crate) fn parquet(schema: &str, columns: Vec<Column>) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    let mut group = file.next_row_group().unwrap();
    for column in columns {
        let mut writer = group.next_column().unwrap().unwrap();
        match column {
            Column::Texts(texts) => {
                let texts: Vec<ByteArray> =
                    texts.into_iter().map(|text| Bytes::from_static(text.as_bytes()).into()).collect();
                writer.typed::<ByteArrayType>().write_batch(&texts, None, None).unwrap();
            }
            Column::Wholes(wholes) => {
                writer.typed::<Int64Type>().write_batch(&wholes, None, None).unwrap();
            }
            Column::Numbers(numbers) => {
                let there: Vec<i16> = numbers.iter().map(|number| i16::from(number.is_some())).collect();
                let numbers: Vec<f64> = numbers.into_iter().flatten().collect();
                writer.typed::<DoubleType>().write_batch(&numbers, Some(&there), None).unwrap();
            }
        }
        writer.close().unwrap();
    }
    group.close().unwrap();
    file.into_inner().unwrap()
}
