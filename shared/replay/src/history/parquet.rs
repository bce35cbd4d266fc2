//! A history as Parquet tables, as pandas, Spark and Athena write them: the columns are those of [`super::csv`].
//!
//! A time may be a timestamp of any unit (one without a time zone counts as UTC), the 96 bits of older Spark, a text, or
//! seconds since 1970. Compressed with Snappy, with gzip, or not at all.

use bytes::Bytes;
use jiff::Timestamp;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use parquet::schema::types::ColumnDescriptor;

use super::collected::Collected;
use super::fault::{Fault, Place};
use super::keys::Keys;
use super::table::{Cell, Columns, Wrong};

/// How a Parquet file begins.
pub(super) const MAGIC: &[u8] = b"PAR1";

/// Begins the columns in which pandas keeps what its rows were called, where that is only a number.
const INDEX: &str = "__index_level_";

/// Reads a table into what was collected before.
///
/// # Errors
///
/// The file is no Parquet file of plain columns, or the first row that cannot be read.
pub fn read(file: &str, bytes: Vec<u8>, keys: &Keys, into: &mut Collected) -> Result<(), Fault> {
    let unreadable = |place| move |error: ParquetError| unreadable(file, place, &error);
    let reader = SerializedFileReader::new(Bytes::from(bytes)).map_err(unreadable(Place::Whole))?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let described: Vec<&ColumnDescriptor> = schema.columns().iter().map(AsRef::as_ref).collect();
    let names: Vec<String> = described.iter().map(|column| column.path().string()).collect();
    let kept: Vec<usize> =
        (0..).zip(&names).filter(|(_, name)| !name.starts_with(INDEX)).map(|(at, _)| at).collect();
    let headers: Vec<String> = kept.iter().filter_map(|at| names.get(*at).cloned()).collect();
    let kinds = described.iter().map(|column| Kind::of(column).ok_or_else(|| unsuited(file, column)));
    let kinds: Vec<Kind> = kinds.collect::<Result<_, _>>()?;
    let told = |place, wrong| fault(file, place, &headers, wrong);
    let columns = Columns::of(&headers, keys).map_err(|wrong| told(Place::Whole, wrong))?;
    let rows = reader.get_row_iter(None).map_err(unreadable(Place::Whole))?;
    for (number, row) in (1..).zip(rows) {
        let row: Row = row.map_err(unreadable(Place::Row(number)))?;
        let all: Vec<Cell> =
            row.into_columns().into_iter().zip(&kinds).map(|((_, field), kind)| kind.cell(field)).collect();
        let cells: Vec<Cell> = kept.iter().map(|at| all.get(*at).cloned().unwrap_or(Cell::Empty)).collect();
        columns.take(&cells, keys, into).map_err(|wrong| told(Place::Row(number), wrong))?;
    }
    Ok(())
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nanoseconds since 1970: the reader of rows knows no such type and gives whole numbers.
    Nanoseconds,
    Microseconds,
    Milliseconds,
    /// A number or a text, as the reader gives it.
    Plain,
}

impl Kind {
    /// Nothing for columns that hold neither numbers, texts nor instants.
    fn of(column: &ColumnDescriptor) -> Option<Self> {
        if column.max_rep_level() > 0 || column.path().parts().len() != 1 {
            return None;
        }
        match (column.physical_type(), column.logical_type_ref(), column.converted_type()) {
            (Physical::INT64, Some(LogicalType::Timestamp(timestamp)), _) => Some(match timestamp.unit {
                TimeUnit::MILLIS => Self::Milliseconds,
                TimeUnit::MICROS => Self::Microseconds,
                TimeUnit::NANOS => Self::Nanoseconds,
            }),
            (Physical::INT64, _, ConvertedType::TIMESTAMP_MILLIS) => Some(Self::Milliseconds),
            (Physical::INT64, _, ConvertedType::TIMESTAMP_MICROS) => Some(Self::Microseconds),
            (Physical::INT64 | Physical::INT32, _, converted) => matches!(
                converted,
                ConvertedType::NONE
                    | ConvertedType::INT_8
                    | ConvertedType::INT_16
                    | ConvertedType::INT_32
                    | ConvertedType::INT_64
                    | ConvertedType::UINT_8
                    | ConvertedType::UINT_16
                    | ConvertedType::UINT_32
                    | ConvertedType::UINT_64
            )
            .then_some(Self::Plain),
            (Physical::INT96 | Physical::FLOAT | Physical::DOUBLE, ..)
            | (Physical::BYTE_ARRAY, _, ConvertedType::UTF8 | ConvertedType::NONE) => Some(Self::Plain),
            _ => None,
        }
    }

    fn cell(self, field: Field) -> Cell {
        let at = |instant: Result<Timestamp, jiff::Error>| instant.map_or(Cell::Empty, Cell::At);
        let whole = |number: i64| match self {
            Self::Nanoseconds => at(Timestamp::from_nanosecond(i128::from(number))),
            Self::Microseconds => at(Timestamp::from_microsecond(number)),
            Self::Milliseconds => at(Timestamp::from_millisecond(number)),
            #[expect(clippy::cast_precision_loss, reason = "a count beyond 2^53 is none of samples")]
            Self::Plain => Cell::Number(number as f64),
        };
        match field {
            Field::Long(number) => whole(number),
            Field::TimestampMillis(number) => at(Timestamp::from_millisecond(number)),
            Field::TimestampMicros(number) => at(Timestamp::from_microsecond(number)),
            Field::Byte(number) => Cell::Number(number.into()),
            Field::Short(number) => Cell::Number(number.into()),
            Field::Int(number) => Cell::Number(number.into()),
            Field::UByte(number) => Cell::Number(number.into()),
            Field::UShort(number) => Cell::Number(number.into()),
            Field::UInt(number) => Cell::Number(number.into()),
            #[expect(clippy::cast_precision_loss, reason = "a count beyond 2^53 is none of samples")]
            Field::ULong(number) => Cell::Number(number as f64),
            // The shortest text of four bytes is what was meant: 0.91, and not 0.9100000262.
            Field::Float(number) => Cell::Text(number.to_string()),
            Field::Double(number) => Cell::Number(number),
            Field::Str(text) if text.trim().is_empty() => Cell::Empty,
            Field::Str(text) => Cell::Text(text),
            Field::Bytes(bytes) => Cell::Text(String::from_utf8_lossy(bytes.data()).into_owned()),
            Field::Null
            | Field::Bool(_)
            | Field::Float16(_)
            | Field::Decimal(_)
            | Field::Date(_)
            | Field::TimeMillis(_)
            | Field::TimeMicros(_)
            | Field::Group(_)
            | Field::ListInternal(_)
            | Field::MapInternal(_) => Cell::Empty,
        }
    }
}

fn unsuited(file: &str, column: &ColumnDescriptor) -> Fault {
    let converted = column.converted_type();
    let plain = converted == ConvertedType::NONE;
    let kind = if plain { column.physical_type().to_string() } else { converted.to_string() };
    Fault::new(file, Place::Whole, format!("column `{}` is of the type {kind}", column.path().string())).hint(
        "a column holds floating-point or whole numbers, texts or timestamps: cast it before it is written",
    )
}

fn fault(file: &str, place: Place, headers: &[String], wrong: Wrong) -> Fault {
    let Wrong { column, what, hint } = wrong;
    let column = column.filter(|_| place != Place::Whole).and_then(|column| headers.get(column));
    let what = match column {
        Some(name) => format!("column `{name}`: {what}"),
        None => what,
    };
    Fault::new(file, place, what).hint(hint)
}

fn unreadable(file: &str, place: Place, error: &ParquetError) -> Fault {
    Fault::new(file, place, format!("not to be read as Parquet: {error}")).hint(
        "plain columns, compressed with snappy, with gzip or not at all, are read; pandas: `to_parquet(file, compression='snappy')`",
    )
}
